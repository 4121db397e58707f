import { createServer } from 'node:http'
import { below, mib } from '../report/format.mjs'
import { residentBytes } from '../server/resident.mjs'
import { watchHeap } from '../server/watch-heap.mjs'

const rounds = 5
const atOnce = 5
const bytes = 10 * 1024 * 1024 - 4_096

/** The memory of Millrace's isolate while executions read bodies of 10 MB, one after the other. */
export async function largeBody({ withServer }) {
  const body = JSON.stringify({ text: 'x'.repeat(bytes) })
  const headers = { 'content-type': 'application/json', 'content-length': body.length }
  const server = createServer((_, response) => response.writeHead(200, headers).end(body))
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const host = `127.0.0.1:${server.address().port}`
  try {
    return await withServer(({ server: own, tenant }) => measure(own, tenant, host), {
      vars: { MILLRACE_DEV_ALLOW_HOSTS: host },
      inspectorPort: 0,
    })
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

const reading = (host, atOnce) => ({
  name: `large-body-${atOnce}`,
  triggers: [{ type: 'manual' }],
  stages: Array.from({ length: atOnce }, (_, n) => ({
    id: `read${n}`,
    component: 'http_request',
    config: { url: `http://${host}/` },
  })),
  output: '{{ stages.read0.output.status_code }}',
})

async function measure(server, tenant, host) {
  const { workflowId } = await tenant.deploy(reading(host, 1))
  const many = await tenant.deploy(reading(host, atOnce))
  const resident = residentBytes(server.workerdPid)
  const stop = await watchHeap(server.inspectorUrl)
  const failures = []
  const run = async (id) => {
    const { status, error } = await tenant.call('POST', '/v1/workflows/run', { workflowId: id, input: {}, wait: true })
    if (status !== 'completed') failures.push(`10 MB body: ${status} ${JSON.stringify(error)}`)
  }
  for (let round = 0; round < rounds; round++) await run(workflowId)
  const most = await stop()
  const grown = residentBytes(server.workerdPid) - resident
  const stopMany = await watchHeap(server.inspectorUrl)
  await run(many.workflowId)
  const mostOfMany = await stopMany()
  return [
    { quantity: 'isolate memory over bodies of 10 MB: peak', ...below(most, 100 * 1024 * 1024, mib), failures },
    { quantity: `  ${atOnce} of them in one execution at once`, measured: mib(mostOfMany) },
    { quantity: '  growth of the whole process, R2 simulator included', measured: mib(grown) },
  ]
}

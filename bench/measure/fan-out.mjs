import { percentile } from '../client/percentile.mjs'
import { digits, ms } from '../report/format.mjs'
import { startStandIn } from '../server/stand-in.mjs'

const branches = 50
const runs = 5

/** How long fifty requests side by side take, and ten thousand items one after the other. */
export async function fanOut({ sizes, withServer }) {
  const standIn = await startStandIn()
  try {
    return await withServer(
      async ({ tenant }) => [...(await sideBySide(tenant, standIn)), ...(await manyItems(tenant, sizes.items))],
      {
        vars: standIn.vars,
      },
    )
  } finally {
    standIn.stop()
  }
}

async function sideBySide(tenant, standIn) {
  const ids = Array.from({ length: branches }, (_, n) => `call-${n}`)
  const stages = ids.map((id) => ({
    id,
    component: 'http_request',
    config: { url: `${standIn.url}/${id}`, method: 'POST' },
  }))
  const all = { id: 'all', component: 'parallel', config: { branches: ids.map((id) => [id]) } }
  const { workflowId } = await tenant.deploy(manual('side-by-side', [all, ...stages]))
  const took = []
  const failures = []
  for (let run = 0; run <= runs; run++) {
    const from = standIn.calls.length
    const { status, error } = await tenant.call('POST', '/v1/workflows/run', { workflowId, input: {}, wait: true })
    if (status !== 'completed') failures.push(`fifty at once: ${status} ${JSON.stringify(error)}`)
    const arrived = standIn.calls.slice(from).map(({ arrivedAt }) => arrivedAt)
    if (arrived.length !== branches) failures.push(`${arrived.length} of ${branches} requests arrived`)
    if (run > 0) took.push(Math.max(...arrived) - Math.min(...arrived))
  }
  const sorted = took.sort((a, b) => a - b)
  return [
    {
      quantity: `${branches} stages side by side, first to last request: p50`,
      measured: ms(percentile(sorted, 0.5)),
      failures,
    },
  ]
}

async function manyItems(tenant, count) {
  const each = {
    id: 'each',
    component: 'foreach',
    config: { items: '{{ input.items }}', do: ['double'], max_concurrency: 50 },
  }
  const double = { id: 'double', component: 'transform', config: { value: '{{ item * 2 }}' } }
  const { workflowId } = await tenant.deploy(
    manual('many-items', [each, double], '{{ length(stages.each.output.results) }}'),
  )
  const input = { items: Array.from({ length: count }, (_, n) => n) }
  const startedAt = performance.now()
  const { status, data, error } = await tenant.call('POST', '/v1/workflows/run', { workflowId, input, wait: true })
  const tookMs = performance.now() - startedAt
  const isRight = status === 'completed' && data === count
  return [
    {
      quantity: `foreach over ${count} items, one pure stage`,
      measured: `${ms(tookMs)}, ${digits((count * 1000) / tookMs)} items/s`,
      failures: isRight ? [] : [`foreach: ${status} ${JSON.stringify(error ?? data)}`],
    },
  ]
}

const manual = (name, stages, output) => ({ name, triggers: [{ type: 'manual' }], stages, ...(output && { output }) })

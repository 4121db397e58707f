import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { type RunningServer, startServer } from '../support/server/start-server'
import { type Arrival, type Sink, startSink } from '../support/server/start-sink'

const EXECUTIONS = 100
/** How long the outside thinks about the first stage: cancels come before it answers. */
const THINK_MS = 20_000

let sink: Sink
let server: RunningServer
let call: Caller

beforeAll(async () => {
  sink = await startSink()
  server = await startServer({ MILLRACE_DEV_ALLOW_HOSTS: sink.host })
  call = caller(server.url, server.apiKey)
})
afterAll(async () => {
  await server.discard()
  await sink.end()
})

const request = (path: string) => ({
  component: 'http_request',
  config: { url: `${sink.url}/${path}`, method: 'POST' },
})

async function start(workflowId: string, count: number): Promise<readonly string[]> {
  const items = Array.from({ length: count }, () => ({ input: {} }))
  const { body, text } = await call('POST', '/v1/workflows/run/batch', { workflowId, items })
  const ids = (body.items as { executionId?: string }[]).flatMap(({ executionId }) => executionId ?? [])
  if (ids.length !== count) throw new Error(text)
  return ids
}

type Cancelled = { readonly id: string; readonly answer: Answer; readonly tookMs: number; readonly answeredAt: number }

async function cancel(id: string): Promise<Cancelled> {
  const sentAt = Date.now()
  const answer = await call('POST', `/v1/executions/${id}/cancel`, {})
  const answeredAt = Date.now()
  return { id, answer, tookMs: answeredAt - sentAt, answeredAt }
}

const sent = (arrivals: readonly Arrival[], stage: string) =>
  new Set(arrivals.filter((it) => it.stage === stage).map(({ execution }) => execution))

test('100 live executions that are cancelled all end so, and send nothing more (I14)', async () => {
  const { workflowId } = await deployNew(call, {
    triggers: [{ type: 'manual' }],
    stages: [
      { id: 'slow', ...request(`ok?ms=${THINK_MS}`) },
      { id: 'next', depends_on: ['slow'], ...request('ok') },
    ],
  })
  const ids = await start(workflowId, EXECUTIONS)
  const live = async () => sent(await sink.arrivals(), 'slow').size
  await expect.poll(live, { timeout: THINK_MS, interval: 100 }).toBe(EXECUTIONS)

  const cancelled = await Promise.all(ids.map(cancel))
  const refused = cancelled.filter(({ answer }) => answer.status !== 200 || answer.body.status !== 'cancelled')
  expect(refused.map(({ answer }) => answer.text)).toEqual([])
  for (const id of ids) expect(await ended(call, id)).toMatchObject({ executionId: id, status: 'cancelled' })

  // One that began after all of them and goes on: by the time its second request is there, theirs would be, too.
  const [witness = ''] = await start(workflowId, 1)
  expect((await ended(call, witness)).status).toBe('completed')
  const answeredAt = new Map(cancelled.map((one) => [one.id, one.answeredAt]))
  const arrivals = await sink.arrivals()
  const late = arrivals.filter((it) => it.arrivedAt > (answeredAt.get(it.execution ?? '') ?? Number.MAX_SAFE_INTEGER))
  expect(late).toEqual([])
  expect(sent(arrivals, 'next')).toEqual(new Set([witness]))

  const tookMs = cancelled.map((one) => one.tookMs).toSorted((a, b) => a - b)
  process.stdout.write(`cancelled ${EXECUTIONS} at once: p50 ${tookMs[49]} ms, p95 ${tookMs[94]} ms\n`)
})

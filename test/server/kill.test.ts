import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { allItems } from '../support/server/all-items'
import { caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { type RecordedCall, type Recorder, startRecorder } from '../support/server/start-recorder'
import { type RunningServer, startServer } from '../support/server/start-server'

const EXECUTIONS = 20
/** Requests seen outside before the kill. */
const ENOUGH = 5
const PICK_UP_MS_MAX = 60_000

let outside: Recorder
let server: RunningServer

beforeAll(async () => {
  outside = await startRecorder()
  server = await startServer({ MILLRACE_DEV_ALLOW_HOSTS: outside.host })
})
afterAll(async () => {
  await server.discard()
  await outside.close()
})

const post = (id: string, after: string[]) => ({
  id,
  component: 'http_request',
  depends_on: after,
  config: { url: `${outside.url}/${id}`, method: 'POST', body: { n: '{{ input.n }}', stage: id } },
})

/** POST a → wait → POST b → POST c. A wait of more than five seconds is spent parked, a shorter one in the runner. */
const documentWaiting = (seconds: number) => ({
  triggers: [{ type: 'webhook', method: ['POST'], authentication: { type: 'none' } }],
  stages: [
    post('a', []),
    { id: 'pause', component: 'delay', depends_on: ['a'], config: { seconds } },
    post('b', ['pause']),
    post('c', ['b']),
  ],
})

const here = () => caller(server.url, server.apiKey)
const keyOf = ({ headers }: RecordedCall) => String(headers['idempotency-key'])
const isOf = (call: RecordedCall, ids: readonly string[]) => ids.includes(keyOf(call).split(':')[0] ?? '')
const completed = async () =>
  (await allItems(here(), '/v1/executions?status=completed')).map((it) => it.executionId as string)

/** Ids of as many executions as there are waits times `EXECUTIONS`, all accepted. */
async function start(waits: readonly number[]): Promise<string[]> {
  const hooks = await Promise.all(
    waits.map(async (seconds) => (await deployNew(here(), documentWaiting(seconds))).hook),
  )
  const calls = hooks.flatMap((hook) => Array.from({ length: EXECUTIONS }, (_, n) => ({ hook, n })))
  const answers = await Promise.all(calls.map(({ hook, n }) => caller(server.url)('POST', hook, { n })))
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  return answers.map(({ body }) => body.executionId as string)
}

/** Keys of the requests that the server itself reports as completed. */
async function completedStages(ids: readonly string[]): Promise<string[]> {
  const traces = await Promise.all(ids.map((id) => here()('GET', `/v1/executions/${id}/trace`)))
  return traces.flatMap(({ body }) =>
    (body.stages as { node: string; component: string; status: string }[])
      .filter(({ component, status }) => component === 'http_request' && status === 'completed')
      .map(({ node }) => `${body.executionId}:${node}`),
  )
}

for (const { when, waits, path } of [
  { when: 'while first requests are on their way', waits: [1], path: '/a' },
  { when: 'while some wait and others are through', waits: [6, 1], path: '/b' },
])
  test(`killed with -9 ${when}, every accepted execution completes after the next start (I1, I2, I4, I5)`, async () => {
    const accepted = await start(waits)
    const sent = () => outside.calls.filter((it) => isOf(it, accepted))
    const arrived = () => sent().filter((it) => it.path === path).length
    await vi.waitUntil(() => arrived() >= ENOUGH, { timeout: 60_000, interval: 5 })
    let journaled: readonly string[] = []
    const read = async () => (journaled = await completedStages(accepted)).length
    await expect.poll(read, { timeout: 60_000, interval: 5 }).toBeGreaterThan(path === '/b' ? EXECUTIONS : -1)
    await server.kill()
    // What it had sent has arrived, or never will.
    await expect.poll(outside.connections).toBe(0)
    const before = sent().map(keyOf)
    server = await server.restart()
    const done = async () => (await completed()).filter((id) => accepted.includes(id)).toSorted()
    await expect.poll(done, { timeout: PICK_UP_MS_MAX, interval: 250 }).toEqual(accepted.toSorted())

    const byKey = Map.groupBy(sent(), keyOf)
    const stages = accepted.flatMap((id) => ['a', 'b', 'c'].map((stage) => `${id}:${stage}`))
    expect([...byKey.keys()].toSorted()).toEqual(stages.toSorted())
    for (const [key, calls] of byKey) {
      expect([key, new Set(calls.map((it) => `${it.method} ${it.path} ${it.body}`)).size]).toEqual([key, 1])
      // Only what the kill caught between its request and the commit of its result may be sent again, once.
      expect([key, calls.length]).toEqual([key, before.includes(key) ? expect.toBeOneOf([1, 2]) : 1])
    }
    expect(journaled.filter((key) => byKey.get(key)?.length !== 1)).toEqual([])
  })

test('what was completed before a kill is still there after it, and new calls are taken', async () => {
  const finished = await completed()
  expect(finished).toHaveLength(3 * EXECUTIONS)
  await server.kill()
  server = await server.restart()
  expect(await completed()).toEqual(finished)
  await start([1])
})

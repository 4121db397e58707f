import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allItems } from '../support/server/all-items'
import { caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { type Judged, judgeEffects, type Sighting } from '../support/server/judge-effects'
import { pour, type Poured } from '../support/server/pour'
import { type RunningServer, startServer } from '../support/server/start-server'
import { type Sink, startSink } from '../support/server/start-sink'

/** `npm run test:kill` asks for 50 and 2,000. */
const KILLS = Number(process.env.MILLRACE_TEST_KILLS ?? 5)
const EXECUTIONS = Number(process.env.MILLRACE_TEST_EXECUTIONS ?? 200)
/** How long a server lives before it is killed. A shard waits 30 s for old runners, so one lives longer than that. */
const LIVES_MS = [600, 2_300, 33_000, 1_200, 3_700, 900, 19_500]
/** Half of a life's load comes spread over it, half around its end, so that each kill meets all states. */
const BURST_MS = 500
const BURST_AFTER_KILL_MS = 50
const TERMINAL_WITHIN_MS = 120_000
const LOOKED_AT_BEFORE_A_KILL = 20
const LOOK_BEFORE_MS = 250
const THINK_MS = 120
const TOGETHER = 20

let sink: Sink
let server: RunningServer

beforeAll(async () => {
  sink = await startSink()
  server = await startServer({ MILLRACE_DEV_ALLOW_HOSTS: sink.host })
})
afterAll(async () => {
  await server.discard()
  await sink.end()
})

const post = (id: string, after: string, body: object) => ({
  id,
  component: 'http_request',
  depends_on: after === '' ? [] : [after],
  config: { url: `${sink.url}/${id}?ms=${THINK_MS}`, method: 'POST', body },
})
/** What a stage sends holds the receipt of the one before: built on another answer than before, it would differ (I5). */
const shape = (id: string, after: string) => ({
  id,
  component: 'transform',
  depends_on: [after],
  config: { value: { receipt: `{{ stages.${after}.output.body.receipt }}`, n: '{{ input.n }}' } },
})
const EFFECTS = ['a', 'b', 'c']

/** POST a → transform → POST b → transform → wait → POST c; a wait of more than five seconds is spent parked. */
const documentWaiting = (seconds: number) => ({
  triggers: [{ type: 'webhook', method: ['POST'], authentication: { type: 'none' } }],
  stages: [
    post('a', '', { n: '{{ input.n }}' }),
    shape('first', 'a'),
    post('b', 'first', { built: '{{ stages.first.output }}' }),
    shape('second', 'b'),
    { id: 'pause', component: 'delay', depends_on: ['second'], config: { seconds } },
    post('c', 'pause', { built: '{{ stages.second.output }}' }),
  ],
})

const here = () => caller(server.url, server.apiKey)

async function traces(ids: readonly string[]): Promise<readonly Judged[]> {
  const all: Judged[] = []
  for (let n = 0; n < ids.length; n += TOGETHER) {
    const some = ids.slice(n, n + TOGETHER).map((id) => here()('GET', `/v1/executions/${id}/trace`))
    all.push(...(await Promise.all(some)).map(({ body }) => body as Judged))
  }
  return all
}

/** Effects that the server itself reports as completed, with the instant of the answer. */
async function look(executions: readonly Poured[]): Promise<readonly Sighting[]> {
  const seen = await traces(executions.map(({ executionId }) => executionId))
  const at = Date.now()
  return seen.flatMap(({ executionId, stages }) =>
    stages
      .filter(({ node, status }) => EFFECTS.includes(node) && status === 'completed')
      .map(({ node }) => ({ key: `${executionId}:${node}`, at })),
  )
}

/** When the calls of one life are made, from its start. */
function delaysOf(count: number, lifeMs: number): readonly number[] {
  return Array.from({ length: count }, (_, n) => {
    const part = n / count
    return n % 2 === 0 ? lifeMs * part : lifeMs + BURST_AFTER_KILL_MS - BURST_MS * (1 - part)
  })
}

test(
  'killed with -9 again and again under load, every accepted execution completes within two minutes of the last start, and nothing journaled is sent again (I1, I2, I4, I5, F-04, F-05, F-06)',
  async () => {
    const workflows = await Promise.all([0, 6].map((seconds) => deployNew(here(), documentWaiting(seconds))))
    const hooks = workflows.map(({ hook }) => hook)
    const accepted: Poured[] = []
    const pouring: Promise<Poured>[] = []
    const sightings: Sighting[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const lifeMs = LIVES_MS[kill % LIVES_MS.length] ?? 0
      const share = Math.floor((EXECUTIONS * (kill + 1)) / KILLS) - pouring.length
      for (const delayMs of delaysOf(share, lifeMs)) {
        const n = pouring.length
        const poured = pour(server.url, hooks[n % hooks.length] ?? '', { n }, delayMs)
        poured.then((it) => accepted.push(it)).catch(() => undefined)
        pouring.push(poured)
      }
      const looked = pause(lifeMs - LOOK_BEFORE_MS).then(() => look(accepted.slice(-LOOKED_AT_BEFORE_A_KILL)))
      looked.catch(() => undefined)
      await pause(lifeMs)
      await server.kill()
      sightings.push(...(await looked.catch(() => [])))
      server = await server.restart()
    }
    const startedAt = Date.now()
    const ids = (await Promise.all(pouring)).map(({ executionId }) => executionId)
    const ended = async () => (await allItems(here(), '/v1/executions?status=completed')).length
    await expect.poll(ended, { timeout: TERMINAL_WITHIN_MS, interval: 500 }).toBe(EXECUTIONS)
    const tookMs = Date.now() - startedAt

    const arrivals = await sink.arrivals()
    const executions = await traces(ids)
    const broken = judgeEffects(arrivals, executions, sightings, EFFECTS)
    const completed = executions.filter(({ status }) => status === 'completed').length
    const effects = new Set(arrivals.map(({ key }) => key)).size
    const again = accepted.filter(({ sends }) => sends > 1).length
    process.stdout.write(
      [
        `${KILLS} kills`,
        `${ids.length} accepted (${again} of them asked for again)`,
        `${completed} completed, the last ${(tookMs / 1000).toFixed(1)} s after the last start`,
        `${effects} effects, ${arrivals.length - effects} repeats, of journaled stages ${broken.filter((it) => it.startsWith('I4')).length}`,
        `${sightings.length} completions seen before kills\n`,
      ].join('; '),
    )
    expect(new Set(ids).size).toBe(EXECUTIONS)
    expect(await allItems(here(), '/v1/executions')).toHaveLength(EXECUTIONS)
    expect(executions.filter(({ status }) => status !== 'completed')).toEqual([])
    expect(broken).toEqual([])
  },
  600_000 + KILLS * 30_000,
)

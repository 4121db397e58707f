import { afterAll, beforeAll, expect, test } from 'vitest'
import { allItems } from '../support/server/all-items'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { newOrganization } from '../support/server/new-organization'
import { type RunningServer, startServer } from '../support/server/start-server'

/** What an organization of this server may lend to its shards, each of which runs one more by itself. */
const LENT = 4
const STAGES = [{ id: 'wait', component: 'wait_for_signal', config: { signal: 'go' } }]
const PATIENCE = { timeout: 30_000, interval: 100 }

let server: RunningServer

beforeAll(async () => {
  server = await startServer({ RUNNING_PER_ORGANIZATION: String(LENT) })
})
afterAll(() => server.discard())

const deployed = (call: Caller) => deployNew(call, { triggers: [{ type: 'manual' }], stages: STAGES })

/** Starts executions that hold their slots until they hear a signal; answers their ids. */
async function start(call: Caller, workflowId: string, count: number): Promise<readonly string[]> {
  const run = () => call('POST', '/v1/workflows/run', { workflowId, input: {} })
  const answers = await Promise.all(Array.from({ length: count }, run))
  return answers.map(({ body }) => body.executionId as string)
}

/** Lists may show one that was let go as waiting for a moment longer. */
const gone = new Set<string>()

/** Ids by status, read at one moment. */
async function live(call: Caller, workflowId?: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const of = workflowId === undefined ? '' : `?workflowId=${workflowId}`
  const items = await allItems(call, `/v1/executions${of}`)
  const ids = (status: string) =>
    items.filter((item) => item.status === status && !gone.has(item.executionId)).map((item) => item.executionId)
  return { waiting: ids('waiting'), pending: ids('pending') }
}

const withStatus = async (call: Caller, status: string, workflowId?: string) =>
  (await live(call, workflowId))[status] ?? []

async function counts(call: Caller, workflowId?: string) {
  const { waiting = [], pending = [] } = await live(call, workflowId)
  return { waiting: waiting.length, pending: pending.length }
}

async function letGo(call: Caller, ids: readonly string[]): Promise<void> {
  for (const id of ids) expect((await call('POST', `/v1/executions/${id}/signals/go`, {})).status).toBeLessThan(300)
  for (const id of ids) expect((await ended(call, id)).status).toBe('completed')
  for (const id of ids) gone.add(id)
}

test('an organization runs what it may over all its workflows, the rest waits its turn, and none is lost (I9)', async () => {
  const call = caller(server.url, server.apiKey)
  const workflows = [await deployed(call), await deployed(call), await deployed(call)]
  for (const { workflowId } of workflows) await start(call, workflowId, 6)
  const most = LENT + workflows.length
  await expect.poll(() => counts(call), PATIENCE).toEqual({ waiting: most, pending: 18 - most })
  for (const { workflowId } of workflows) {
    expect((await withStatus(call, 'waiting', workflowId)).length).toBeGreaterThan(0)
  }
  for (let left = 18; left > 0; left -= Math.min(left, most)) {
    const next = Math.min(left, most)
    await expect.poll(() => counts(call), PATIENCE).toEqual({ waiting: next, pending: left - next })
    await letGo(call, await withStatus(call, 'waiting'))
  }
})

test('what one workflow needs no more another has, and another organization is not concerned (I9, I10)', async () => {
  const { call } = await newOrganization(server.url)
  const { call: neighbour } = await newOrganization(server.url)
  const [first, second, theirs] = [await deployed(call), await deployed(call), await deployed(neighbour)]
  await start(call, first.workflowId, 5)
  await expect.poll(() => counts(call, first.workflowId), PATIENCE).toEqual({ waiting: 5, pending: 0 })
  await start(call, second.workflowId, 5)
  await start(neighbour, theirs.workflowId, 5)
  await expect.poll(() => counts(neighbour), PATIENCE).toEqual({ waiting: 5, pending: 0 })
  await expect.poll(() => counts(call, second.workflowId), PATIENCE).toEqual({ waiting: 1, pending: 4 })
  await letGo(call, await withStatus(call, 'waiting', first.workflowId))
  await expect.poll(() => counts(call, second.workflowId), PATIENCE).toEqual({ waiting: 5, pending: 0 })
})

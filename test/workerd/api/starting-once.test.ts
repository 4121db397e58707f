import { env } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import type { Client } from '#core/contract/client'
import { isEnded, newPlace, until } from './deploy-document'

const brief = { name: 'brief', stages: [{ id: 'a', component: 'transform', config: { value: '{{ input.n }}' } }] }

type Answer = Awaited<ReturnType<Client['retryExecution' | 'replayExecution' | 'testWorkflow']>>

const idOf = (answer: Answer) => (answer.ok ? answer.body.executionId : answer.problem.code)

/** What the door does with a key whose call broke after the shard had accepted. */
const forget = (key: string) => env.DB.prepare('DELETE FROM idempotency_records WHERE key = ?').bind(key).run()

async function place() {
  const { client, deploy } = await newPlace()
  const { start, workflowId } = await deploy(brief)
  const id = await start({ n: 1 })
  await until(client, id, isEnded)
  return { client, workflowId, id, key: crypto.randomUUID() }
}

type Place = Awaited<ReturnType<typeof place>>

const retry = ({ client, id, key }: Place) =>
  client.retryExecution({ params: { id }, body: { fromStage: 'a' }, idempotencyKey: key })
const replay = ({ client, id, key }: Place, n = 1) =>
  client.replayExecution({ params: { id }, body: { input: { n } }, idempotencyKey: key })
const tried = ({ client, workflowId, key }: Place) =>
  client.testWorkflow({ params: { id: workflowId }, body: { input: { n: 1 } }, idempotencyKey: key })

async function batch({ client, workflowId, key }: Place, ...numbers: readonly number[]) {
  const body = { workflowId, items: numbers.map((n) => ({ input: { n } })) }
  const answer = await client.runBatch({ body, idempotencyKey: key })
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
  return answer.body.items.map((item) => ('executionId' in item ? item.executionId : item.error.code))
}

describe('a call whose answer broke after it had started something', () => {
  test.each([
    ['a retry', retry],
    ['a replay', replay],
    ['a test', tried],
  ])('%s: comes again with its key to the same execution', async (_, call) => {
    const here = await place()
    const first = await call(here)
    await forget(here.key)
    const again = await call(here)
    expect(first.ok).toBe(true)
    expect(idOf(again)).toBe(idOf(first))
  })

  test('a batch: starts what had not started, and answers for the others with theirs', async () => {
    const here = await place()
    const first = await batch(here, 1, 1)
    expect(new Set(first).size).toBe(2)
    await forget(here.key)
    const [one, two, three] = await batch(here, 1, 1, 3)
    expect([one, two]).toEqual(first)
    expect(await until(here.client, three ?? '', isEnded)).toMatchObject({ output: 3 })
  })

  test('is refused when its key comes again with another body', async () => {
    const here = await place()
    const first = await replay(here)
    await forget(here.key)
    expect(await replay(here, 2)).toMatchObject({ status: 422, problem: { code: 'idempotency_key_reused' } })
    await forget(here.key)
    expect(idOf(await replay(here))).toBe(idOf(first))
    await forget(here.key)
    expect((await batch(here, 1)).length).toBe(1)
    await forget(here.key)
    expect(await batch(here, 2)).toEqual(['idempotency_key_reused'])
  })

  test('is another call than that of another operation with the same key', async () => {
    const here = await place()
    const { client, workflowId, key } = here
    const run = await client.runWorkflow({ body: { workflowId, input: { n: 1 } }, idempotencyKey: key })
    const ids = [run.ok ? run.body.executionId : '', idOf(await retry(here))]
    await forget(key)
    ids.push(idOf(await replay(here)))
    await forget(key)
    ids.push(...(await batch(here, 1)))
    expect(new Set(ids).size).toBe(4)
    expect(ids.every((id) => id.startsWith('exec_'))).toBe(true)
  })
})

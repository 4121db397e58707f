import { describe, expect, test } from 'vitest'
import { isEnded, isWaiting, newPlace, until } from './deploy-document'

const brief = { name: 'brief', stages: [{ id: 'a', component: 'transform', config: { value: '{{ input.n }}' } }] }
const waiting = (settings: object = {}) => ({
  name: 'waiting',
  stages: [{ id: 'wait', component: 'wait_for_signal', config: { signal: 'go' } }],
  settings,
})
const far = () => new Date(Date.now() + 3_600_000).toISOString()

describe('a run', () => {
  test('carries its tags, and is found by them', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy(brief)
    const id = await start({ n: 1 }, { tags: ['nightly', 'eu', 'eu'] })
    await start({ n: 2 })
    expect(await until(client, id, isEnded)).toMatchObject({ tags: ['nightly', 'eu'] })
    const found = async (tag: string) => {
      const list = await client.listExecutions({ query: { tag } })
      return list.ok ? list.body.items.map(({ executionId, tags }) => [executionId, tags]) : []
    }
    await expect.poll(() => found('eu')).toEqual([[id, ['nightly', 'eu']]])
    expect(await found('us')).toEqual([])
  })

  test.each([
    ['eleven tags', { tags: Array.from({ length: 11 }, (_, n) => `t${n}`) }],
    ['a tag of two lines', { tags: ['two\nlines'] }],
    ['a tag that no filter could name', { tags: ['half \ud800'] }],
    ['a delay that is no instant', { delay: 'tomorrow' }],
    ['a delay beyond a year', { delay: '2199-01-01T00:00:00Z' }],
    ['a ttl of nothing', { ttl: 0 }],
    ['an empty concurrency key', { concurrencyKey: '' }],
  ])('with %s is refused', async (_, options) => {
    const { client, deploy } = await newPlace()
    const { workflowId } = await deploy(brief)
    expect(await client.runWorkflow({ body: { workflowId, input: {}, ...options } })).toMatchObject({
      status: 422,
      problem: { code: 'request_invalid' },
    })
  })

  test('that is delayed is pending until then, and may be cancelled', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy(brief)
    const soon = await start({ n: 1 }, { delay: 1 })
    const late = await start({ n: 2 }, { delay: far() })
    const past = await start({ n: 3 }, { delay: '2020-01-01T00:00:00Z' })
    expect(await until(client, late, () => true)).toMatchObject({ status: 'pending', startedAt: null })
    const ended = await until(client, soon, isEnded)
    expect(Date.parse(ended.startedAt ?? '') - Date.parse(ended.acceptedAt)).toBeGreaterThanOrEqual(1_000)
    expect(await until(client, past, isEnded)).toMatchObject({ status: 'completed' })
    await client.cancelExecution({ params: { id: late }, body: {} })
    expect(await until(client, late, isEnded)).toMatchObject({ status: 'cancelled', startedAt: null })
  })

  test('says in its answer and in the list until when it is delayed, and when it lapses', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy(brief)
    const delay = far()
    const id = await start({ n: 1 }, { delay, ttl: 60 })
    const seen = await until(client, id, () => true)
    expect(Date.parse(seen.startsAt ?? '') - Date.parse(delay)).toBeLessThan(60_000)
    expect(Math.abs(Date.parse(seen.expiresAt ?? '') - Date.parse(delay) - 60_000)).toBeLessThan(1_000)
    const listed = async () => {
      const list = await client.listExecutions({ query: { status: 'pending' } })
      return list.ok ? list.body.items.map(({ startsAt, expiresAt }) => ({ startsAt, expiresAt })) : []
    }
    const { startsAt, expiresAt } = seen
    await expect.poll(listed).toEqual([{ startsAt, expiresAt }])
    const plain = await start({ n: 2 })
    expect(await until(client, plain, isEnded)).toMatchObject({ startsAt: null, expiresAt: null })
  })

  test('of a key that is busy waits for its turn, and is dropped when its ttl is over first', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy(waiting({ concurrency: 1 }))
    const go = (id: string) => client.sendSignal({ params: { id, name: 'go' }, body: {} })
    const first = await start({}, { concurrencyKey: 'a' })
    const second = await start({}, { concurrencyKey: 'a' })
    const third = await start({}, { concurrencyKey: 'a', ttl: 1 })
    const other = await start({}, { concurrencyKey: 'b' })
    await Promise.all([first, other].map((id) => until(client, id, isWaiting)))
    expect(await until(client, third, isEnded)).toMatchObject({ status: 'timed_out', error: { code: 'ttl_expired' } })
    expect(await until(client, second, () => true)).toMatchObject({ status: 'pending' })
    await go(first)
    await until(client, second, isWaiting)
    await go(second)
    expect(await until(client, second, isEnded)).toMatchObject({ status: 'completed' })
  })
})

describe('a batch', () => {
  test('starts each item by itself and answers for each, with the place of what is wrong', async () => {
    const { client, deploy } = await newPlace()
    const inputSchema = { n: { type: 'number', required: true } }
    const { workflowId } = await deploy({ ...brief, triggers: [{ type: 'manual', inputSchema }] })
    const items = [
      { input: { n: 1 }, tags: ['a'] },
      { input: { n: 'x' } },
      { input: { n: 2 }, idempotencyKey: 'k' },
      { input: { n: 2 }, idempotencyKey: 'k' },
      { input: { n: 3 }, idempotencyKey: 'k' },
    ]
    const answer = await client.runBatch({ body: { workflowId, items } })
    if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
    expect(answer).toMatchObject({ status: 202, body: { accepted: 3, refused: 2, environment: 'production' } })
    const [one, two, three, again, other] = answer.body.items
    expect(two).toMatchObject({ error: { code: 'input_invalid', issues: [{ path: '/items/1/input/n' }] } })
    expect(other).toMatchObject({ error: { code: 'idempotency_key_reused' } })
    const idOf = (item: typeof one) => (item !== undefined && 'executionId' in item ? item.executionId : '')
    expect(idOf(three)).toBe(idOf(again))
    expect(await until(client, idOf(one), isEnded)).toMatchObject({ output: 1, tags: ['a'] })
  })

  test('of five hundred is accepted in one call, each once', async () => {
    const { client, deploy } = await newPlace()
    const { workflowId } = await deploy(brief)
    const items = Array.from({ length: 500 }, (_, n) => ({ input: { n } }))
    const answer = await client.runBatch({ body: { workflowId, items } })
    if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
    const ids = answer.body.items.flatMap((item) => ('executionId' in item ? [item.executionId] : []))
    expect(new Set(ids).size).toBe(500)
    const more = [...items, { input: { n: 500 } }]
    expect(await client.runBatch({ body: { workflowId, items: more } })).toMatchObject({ status: 422 })
    expect(await until(client, ids[499] ?? '', isEnded)).toMatchObject({ output: 499 })
  })
})

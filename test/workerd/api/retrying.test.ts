import { describe, expect, test } from 'vitest'
import type { Client } from '#core/contract/client'
import { isEnded, isWaiting, newPlace, until } from './deploy-document'

const asking = {
  name: 'asking',
  stages: [
    { id: 'prepare', component: 'transform', config: { value: 1 } },
    { id: 'ask', component: 'wait_for_signal', depends_on: ['prepare'], config: { signal: 'go' } },
  ],
}

/** An execution that was cancelled while it waited, and its retry, which keeps what came before the wait. */
async function retried() {
  const { client, deploy } = await newPlace()
  const { start } = await deploy(asking)
  const params = { id: await start() }
  await until(client, params.id, isWaiting)
  await client.cancelExecution({ params, body: {} })
  const answer = await client.retryExecution({ params, body: { fromStage: 'ask' } })
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
  return { client, id: answer.body.executionId }
}

/** An execution whose catch made up for a stage, and that failed behind it. */
async function mended() {
  const { client, deploy } = await newPlace()
  const broken = '{{ 1 / 0 }}'
  const stages = [
    { id: 'guard', component: 'trycatch', config: { try: ['book'], catch: ['mend'] } },
    { id: 'book', component: 'transform', config: { value: broken } },
    { id: 'mend', component: 'transform', config: { value: 1 } },
    { id: 'tell', component: 'transform', depends_on: ['guard'], config: { value: broken } },
  ]
  const { start } = await deploy({ name: 'mended', stages })
  const id = await start()
  expect(await until(client, id, isEnded)).toMatchObject({ status: 'failed', error: { stage: 'tell' } })
  const retry = async (fromStage: string) => {
    const answer = await client.retryExecution({ params: { id }, body: { fromStage } })
    if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
    const { executionId } = answer.body
    await until(client, executionId, isEnded)
    return { executionId, trace: await traceOf(client, executionId) }
  }
  return { first: await traceOf(client, id), retry }
}

/** When each stage ran. */
async function traceOf(client: Client, id: string) {
  const trace = await client.getTrace({ params: { id } })
  if (!trace.ok) throw new Error(JSON.stringify(trace.problem))
  return Object.fromEntries(
    trace.body.stages.map(({ node, status, startedAt, attempts }) => [node, { status, startedAt, attempts }]),
  )
}

const isBegunAfterAccepted = ({ startedAt, acceptedAt }: { startedAt: string | null; acceptedAt: string }) =>
  startedAt !== null && startedAt >= acceptedAt

describe('a retry', () => {
  test('starts when its own first work began, also where the list shows it and when it was completed', async () => {
    const { client, id } = await retried()
    expect(isBegunAfterAccepted(await until(client, id, isWaiting))).toBe(true)
    const shown = async () => {
      const list = await client.listExecutions({ query: { status: 'waiting' } })
      return list.ok ? list.body.items.filter(({ executionId }) => executionId === id).map(isBegunAfterAccepted) : []
    }
    await expect.poll(shown).toEqual([true])
    await client.sendSignal({ params: { id, name: 'go' }, body: {} })
    const ended = await until(client, id, isEnded)
    expect(ended).toMatchObject({ status: 'completed' })
    expect(isBegunAfterAccepted(ended)).toBe(true)
  })

  test('keeps what had failed and was handled, and what handled it', async () => {
    const { first, retry } = await mended()
    const { trace } = await retry('tell')
    expect(trace).toMatchObject({ book: first['book'], mend: first['mend'], tell: { status: 'failed' } })
    const fromCatch = (await retry('mend')).trace
    expect(fromCatch).toMatchObject({ book: first['book'], mend: { status: 'completed' } })
    expect(fromCatch['mend']?.attempts).not.toEqual(first['mend']?.attempts)
  })

  test('that is cancelled tells of its own time only', async () => {
    const { client, id } = await retried()
    await until(client, id, isWaiting)
    await client.cancelExecution({ params: { id }, body: {} })
    expect(isBegunAfterAccepted(await until(client, id, isEnded))).toBe(true)
  })
})

test('a retry that would keep more than can be handed on says so, and what to do instead', async () => {
  const { client, deploy } = await newPlace()
  const stages = [
    { id: 'each', component: 'foreach', config: { items: '{{ input.list }}', do: ['copy', 'drop'] } },
    { id: 'copy', component: 'transform', config: { value: '{{ input.wide }}' } },
    { id: 'drop', component: 'transform', depends_on: ['copy'], config: { value: 1 } },
    { id: 'break', component: 'transform', depends_on: ['each'], config: { value: '{{ 1 / 0 }}' } },
  ]
  const { start } = await deploy({ name: 'wide', stages })
  const id = await start({ list: Array.from({ length: 70 }, (_, n) => n), wide: 'x'.repeat(200_000) })
  expect(await until(client, id, isEnded)).toMatchObject({ status: 'failed', error: { stage: 'break' } })
  expect(await client.retryExecution({ params: { id }, body: { fromStage: 'break' } })).toMatchObject({
    status: 422,
    problem: { code: 'journal_too_long', hint: expect.stringContaining('Replay it') },
  })
  expect((await client.retryExecution({ params: { id }, body: { fromStage: 'each' } })).ok).toBe(true)
})

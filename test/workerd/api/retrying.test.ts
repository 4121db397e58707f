import { describe, expect, test } from 'vitest'
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

  test('that is cancelled tells of its own time only', async () => {
    const { client, id } = await retried()
    await until(client, id, isWaiting)
    await client.cancelExecution({ params: { id }, body: {} })
    expect(isBegunAfterAccepted(await until(client, id, isEnded))).toBe(true)
  })
})

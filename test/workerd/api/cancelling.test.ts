import { afterEach, describe, expect, test, vi } from 'vitest'
import { isEnded, isWaiting, newPlace, until } from './deploy-document'

describe('cancelling', () => {
  afterEach(() => void vi.useRealTimers())

  test(
    'a hundred live executions ends all of them, and no stage starts afterwards (I14)',
    { timeout: 60_000 },
    async () => {
      const { client, deploy } = await newPlace()
      const { workflowId } = await deploy({
        name: 'live',
        stages: [
          { id: 'pause', component: 'delay', config: { seconds: 4 } },
          { id: 'wait', component: 'wait_for_signal', config: { signal: 'go' } },
          { id: 'after', component: 'transform', depends_on: ['pause'], config: { value: 1 } },
        ],
      })
      const items = Array.from({ length: 100 }, () => ({ input: {} }))
      const batch = await client.runBatch({ body: { workflowId, items } })
      if (!batch.ok) throw new Error(JSON.stringify(batch.problem))
      const ids = batch.body.items.flatMap((item) => ('executionId' in item ? [item.executionId] : []))
      const answers = await Promise.all(ids.map((id) => client.cancelExecution({ params: { id }, body: {} })))
      for (const answer of answers) expect(answer).toMatchObject({ status: 200, body: { status: 'cancelled' } })
      const ended = await Promise.all(ids.map((id) => until(client, id, isEnded)))
      expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['cancelled']))
      for (const { executionId, endedAt } of ended.slice(0, 20)) {
        const trace = await client.getTrace({ params: { id: executionId } })
        const starts = (trace.ok ? trace.body.stages : []).flatMap(({ startedAt }) => startedAt ?? [])
        expect(starts.filter((startedAt) => startedAt > (endedAt ?? ''))).toEqual([])
      }
    },
  )

  test('makes room at once for the execution that waits its turn (I9)', { timeout: 60_000 }, async () => {
    // Far ahead of the platform's own clock, so that no alarm rings: the cancel does, or nobody.
    vi.setSystemTime(Date.UTC(2036, 0, 5, 9, 0))
    const { client, deploy } = await newPlace()
    const { start } = await deploy({
      name: 'one at a time',
      settings: { concurrency: 1 },
      stages: [{ id: 'wait', component: 'delay', config: { seconds: '{{ input.seconds }}' } }],
    })
    const holder = await start({ seconds: 600 })
    await until(client, holder, isWaiting)
    const next = await start({ seconds: 0 })
    await client.cancelExecution({ params: { id: holder }, body: {} })
    expect((await until(client, holder, isEnded)).status).toBe('cancelled')
    expect((await until(client, next, isEnded)).status).toBe('completed')
  })

  test('what has ended is refused, and so is retrying what runs', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy({
      name: 'waiting',
      stages: [{ id: 'wait', component: 'wait_for_signal', config: { signal: 'go' } }],
    })
    const id = await start()
    await until(client, id, isWaiting)
    expect(await client.retryExecution({ params: { id }, body: {} })).toMatchObject({
      status: 409,
      problem: { code: 'execution_not_finished', detail: 'The execution has not ended: waiting.' },
    })
    expect(await client.cancelExecution({ params: { id }, body: { reason: 'wrong' } })).toMatchObject({ status: 200 })
    expect(await client.cancelExecution({ params: { id }, body: {} })).toMatchObject({
      status: 409,
      problem: { code: 'execution_finished' },
    })
  })
})

import { describe, expect, test } from 'vitest'
import { isEnded, isWaiting, newPlace, until } from './deploy-document'

describe('cancelling', () => {
  test('a hundred live executions ends all of them within a second each, and no stage starts afterwards (I14)', async () => {
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
    const tookMs = await Promise.all(
      ids.map(async (id) => {
        const startedAt = performance.now()
        expect(await client.cancelExecution({ params: { id }, body: {} })).toMatchObject({
          status: 200,
          body: { status: 'cancelled' },
        })
        return performance.now() - startedAt
      }),
    )
    expect(tookMs.toSorted((a, b) => a - b)[94]).toBeLessThan(1_000)
    const ended = await Promise.all(ids.map((id) => until(client, id, isEnded)))
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['cancelled']))
    const traces = await Promise.all(ids.slice(0, 20).map((id) => client.getTrace({ params: { id } })))
    for (const trace of traces) {
      const stages = trace.ok ? trace.body.stages : []
      expect(stages.find(({ node }) => node === 'after')).toMatchObject({ startedAt: null })
    }
  })

  test('makes room at once for the execution that waits its turn (I9)', async () => {
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
    const freed = await until(client, holder, isEnded)
    const served = await until(client, next, isEnded)
    expect(served.status).toBe('completed')
    expect(Date.parse(served.startedAt ?? '') - Date.parse(freed.endedAt ?? '')).toBeLessThan(2_500)
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
      problem: { code: 'execution_not_finished' },
    })
    expect(await client.cancelExecution({ params: { id }, body: { reason: 'wrong' } })).toMatchObject({ status: 200 })
    expect(await client.cancelExecution({ params: { id }, body: {} })).toMatchObject({
      status: 409,
      problem: { code: 'execution_finished' },
    })
  })
})

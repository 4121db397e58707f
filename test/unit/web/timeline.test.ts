import { describe, expect, test } from 'vitest'
import { layoutSpan } from '#lib/execution/layout-bar.ts'
import { orderStages } from '#lib/execution/order-stages.ts'
import { stageNote } from '#lib/execution/stage-note.ts'
import { timelineItems } from '#lib/execution/timeline-items.ts'
import { stageBars } from '#lib/execution/stage-bars.ts'
import { timeTicks } from '#lib/execution/time-ticks.ts'
import { timelineWindow } from '#lib/execution/timeline-window.ts'

const zeroAt = Date.parse('2026-03-10T12:00:00.000Z')
const at = (ms: number) => new Date(zeroAt + ms).toISOString()
const window = { startAt: zeroAt, endAt: zeroAt + 1_000 }

describe('the window of a timeline', () => {
  test('reaches from acceptance to the last end of a finished execution', () => {
    const execution = { acceptedAt: at(0), startedAt: at(20), endedAt: at(900) }
    const stages = [{ startedAt: at(30), endedAt: at(950) }]
    expect(timelineWindow(execution, stages, zeroAt + 99_000)).toEqual({ startAt: zeroAt, endAt: zeroAt + 950 })
  })

  test('reaches to now while it runs', () => {
    const execution = { acceptedAt: at(0), startedAt: at(20), endedAt: null }
    expect(timelineWindow(execution, [], zeroAt + 5_000).endAt).toBe(zeroAt + 5_000)
  })

  test('is never empty', () => {
    const execution = { acceptedAt: at(0), startedAt: null, endedAt: at(0) }
    expect(timelineWindow(execution, [], zeroAt).endAt).toBeGreaterThan(zeroAt)
  })
})

describe('a bar', () => {
  test('lies where its time lies', () => {
    expect(layoutSpan(window, zeroAt + 250, zeroAt + 750)).toEqual({ left: 25, width: 50 })
  })

  test('is cut off at the edges', () => {
    expect(layoutSpan(window, zeroAt - 500, zeroAt + 5_000)).toEqual({ left: 0, width: 100 })
  })

  test('has no negative width', () => {
    expect(layoutSpan(window, zeroAt + 500, zeroAt + 100)).toEqual({ left: 50, width: 0 })
  })
})

describe('the bars of a stage', () => {
  const stage = { status: 'completed' as const, startedAt: at(100), endedAt: at(900), attempts: [] }

  test('are one for a single attempt', () => {
    expect(stageBars(stage, window).bars).toEqual([{ left: 10, width: 80, status: 'completed' }])
  })

  test('are one for each attempt, failed ones marked, with the wait between left open', () => {
    const attempts = [
      { startedAt: at(100), duration: 200, error: { code: 'http_status' } },
      { startedAt: at(600), duration: 300, error: null },
    ]
    expect(stageBars({ ...stage, attempts }, window)).toEqual({
      whole: { left: 10, width: 80 },
      bars: [
        { left: 10, width: 20, status: 'failed' },
        { left: 60, width: 30, status: 'completed' },
      ],
    })
  })

  test('reach to the edge while it runs', () => {
    const running = { ...stage, status: 'running' as const, endedAt: null }
    expect(stageBars(running, window).whole).toEqual({ left: 10, width: 90 })
  })

  test('are none for a stage that never started', () => {
    const skipped = { ...stage, status: 'skipped' as const, startedAt: null, endedAt: at(400) }
    expect(stageBars(skipped, window)).toEqual({ whole: null, bars: [] })
  })
})

describe('the axis', () => {
  test.for([
    [0, [0]],
    [7, [0, 2, 4, 6]],
    [245, [0, 100, 200]],
    [4_200, [0, 2_000, 4_000]],
    [200_000, [0, 60_000, 120_000, 180_000]],
  ] as const)('of %i ms has round ticks', ([totalMs, ticks]) => {
    expect(timeTicks(totalMs)).toEqual(ticks)
  })

  test('has few ticks, however long it is', () => {
    expect(timeTicks(365 * 86_400_000).length).toBeLessThanOrEqual(5)
  })
})

describe('stages in reading order', () => {
  const stage = (node: string, parent: string | null = null, around = '') => ({ node, parent, address: around + node })

  test('come after the container they ran in, one step further in', () => {
    const order = orderStages([stage('guard'), stage('after'), stage('try-it', 'guard'), stage('inner', 'try-it')])
    expect(order.map(({ stage: { node }, depth }) => [node, depth])).toEqual([
      ['guard', 0],
      ['try-it', 1],
      ['inner', 2],
      ['after', 0],
    ])
  })

  test('of a foreach come item by item, each with its own containers', () => {
    const order = orderStages([
      stage('each'),
      stage('a', 'each', 'each[0]/'),
      stage('guard', 'each', 'each[0]/'),
      stage('a', 'each', 'each[1]/'),
      stage('guard', 'each', 'each[1]/'),
      stage('inner', 'guard', 'each[0]/'),
      stage('inner', 'guard', 'each[1]/'),
      stage('deep', 'loop', 'each[0]/loop[4]/'),
    ])
    expect(order.map(({ stage: { address }, depth }) => [address, depth])).toEqual([
      ['each', 0],
      ['each[0]/a', 1],
      ['each[0]/guard', 1],
      ['each[0]/inner', 2],
      ['each[1]/a', 1],
      ['each[1]/guard', 1],
      ['each[1]/inner', 2],
      ['each[0]/loop[4]/deep', 0],
    ])
  })

  test('keep every stage, also when its container is missing', () => {
    expect(orderStages([stage('lost', 'gone'), stage('a', 'b'), stage('b', 'a')])).toHaveLength(3)
  })
})

describe('the items of a foreach', () => {
  const placed = (address: string, status: 'completed' | 'failed' = 'completed') => ({
    stage: { address, status },
    depth: address.includes('/') ? 1 : 0,
  })
  const many = [
    placed('each'),
    ...Array.from({ length: 30 }, (_, i) => placed(`each[${i}]/a`, i === 25 ? 'failed' : 'completed')),
    placed('after'),
  ]
  const read = (unfolded: string[]) =>
    timelineItems(many, new Set(unfolded)).map((item) =>
      item.kind === 'stage' ? item.stage.address : `${item.items} more of ${item.loop}`,
    )

  test('are shown in part: what failed, the first others, and how many more there are', () => {
    const first = Array.from({ length: 9 }, (_, i) => `each[${i}]/a`)
    expect(read([])).toEqual(['each', ...first, 'each[25]/a', '20 more of each', 'after'])
  })

  test('are all shown to who asks', () => {
    expect(read(['each'])).toEqual(many.map(({ stage }) => stage.address))
  })

  test('are counted behind the name', () => {
    const iterations = { total: 12_000, ended: 1_200, failed: 0 }
    const note = { component: 'foreach', iteration: null, iterations, metadata: {} }
    expect(stageNote(note)).toBe('foreach · 1,200 of 12,000 items')
    expect(stageNote({ ...note, iterations: { total: 3, ended: 3, failed: 1 } })).toBe('foreach · 1 of 3 items failed')
    expect(stageNote({ ...note, iterations: { total: 9, ended: 3, failed: 1 } })).toBe(
      'foreach · 3 of 9 items · 1 failed',
    )
    const item = { component: 'http_request', iteration: 3, iterations: null, metadata: {} }
    expect(stageNote(item)).toBe('http_request · 4')
    expect(stageNote({ ...item, metadata: { mocked: true } })).toBe('mocked · http_request · 4')
  })
})

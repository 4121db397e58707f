import { describe, expect, it } from 'vitest'
import type { DeploymentConfig } from '#core/model/deployment-config'
import { type LendRequest, type Loan, NO_LOAN } from '#core/shard/wire'
import { createBorrower } from '../../../worker/objects/borrower'
import { oneRowShard } from './one-row-shard'

/** A shard with so many waiting, an organization that answers as it is told to, and time that is moved by hand. */
function borrowing(waiting: number, lend: (request: LendRequest) => Promise<Loan | null>) {
  const { shard } = oneRowShard('completed')
  const { memory } = shard
  memory.meta = {
    no: 0,
    config: memory.meta?.config as DeploymentConfig,
    finishNo: 0,
    flushedThrough: 0,
    loan: NO_LOAN,
  }
  const arrive = (count: number) => {
    for (let one = 0; one < count; one++) memory.ready.add(memory.nextSeq++)
  }
  arrive(waiting)
  const seen = { asks: [] as LendRequest[], rings: 0, reports: [] as string[] }
  let now = 1_000
  let timers: { at: number; work: () => void }[] = []
  const borrower = createBorrower(
    { memory, store: { ...shard.store, saveLoan: () => undefined } },
    {
      slotsOf: () => ({
        lend(request) {
          seen.asks.push(request)
          return lend(request)
        },
        forget: async () => undefined,
      }),
      clock: () => now,
      setTimer: (work, ms) => void timers.push({ at: now + ms, work }),
      background: (work) => void work,
      step: (work) => work(),
      ring: () => void (seen.rings += 1),
      report: (event) => void seen.reports.push(event),
    },
  )
  async function pass(ms: number): Promise<void> {
    now += ms
    const due = timers.filter(({ at }) => at <= now)
    timers = timers.filter(({ at }) => at > now)
    for (const { work } of due) work()
    for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  }
  return { borrower, seen, memory, arrive, pass }
}

const lendAll = async ({ wish, no }: LendRequest): Promise<Loan> => ({ slots: wish, no: no + 1 })
const lendNothing = async ({ no }: LendRequest): Promise<Loan> => ({ slots: 0, no: no + 1 })
const never = () => new Promise<never>(() => undefined)

describe('a shard that borrows', () => {
  it('asks once for what it needs, rings for those that may start, and is content', async () => {
    const { borrower, seen, memory, pass } = borrowing(31, lendAll)
    borrower.schedule()
    borrower.schedule()
    await pass(0)
    borrower.schedule()
    await pass(60_000)
    expect(seen.asks.map(({ need, wish }) => [need, wish])).toEqual([[30, 50]])
    expect(memory.meta?.loan).toEqual({ slots: 50, no: 1 })
    expect(seen.rings).toBe(1)
  })

  it('asks again at once for what came while it asked, as long as it gets all it wishes', async () => {
    const { borrower, seen, memory, arrive, pass } = borrowing(2, lendAll)
    borrower.schedule()
    arrive(298)
    await pass(0)
    expect(seen.asks.length).toBeLessThanOrEqual(2)
    expect(memory.meta?.loan.slots).toBe(350)
  })

  it('asks again each second while executions stand still, and not more often', async () => {
    const { borrower, seen, pass } = borrowing(10, lendNothing)
    borrower.schedule()
    await pass(0)
    for (let time = 0; time < 9; time++) {
      await pass(100)
      borrower.schedule()
    }
    expect(seen.asks.length).toBe(1)
    await pass(100)
    expect(seen.asks.length).toBe(2)
    expect(borrower.wait()).toBe(null)
  })

  it('has patience while only what it has to go on with is less than it wished', async () => {
    const { borrower, seen, pass } = borrowing(10, async ({ need, no }) => ({ slots: need, no: no + 1 }))
    borrower.schedule()
    for (let second = 0; second < 9; second++) {
      await pass(1_000)
      borrower.schedule()
    }
    expect(seen.asks.length).toBe(1)
    await pass(2_000)
    borrower.schedule()
    await pass(0)
    expect(seen.asks.length).toBe(2)
  })

  it('keeps no claim waiting for longer than a second after it asked, though nobody answers', async () => {
    const { borrower, seen, pass } = borrowing(10, never)
    let waited = false
    void borrower.wait()?.then(() => void (waited = true))
    await pass(999)
    expect(waited).toBe(false)
    await pass(1)
    expect(waited).toBe(true)
    expect(borrower.wait()).toBe(null)
    expect(seen.asks.length).toBe(1)
  })

  it('takes a call that nobody answers for lost after ten seconds, and one that fails for a refusal', async () => {
    const { borrower, seen, pass } = borrowing(10, never)
    borrower.schedule()
    await pass(9_999)
    borrower.schedule()
    await pass(1)
    expect(seen.asks.length).toBe(1)
    borrower.schedule()
    await pass(0)
    expect(seen.asks.length).toBe(2)

    const broken = borrowing(10, () => Promise.reject(new Error('The line is broken.')))
    broken.borrower.schedule()
    await broken.pass(0)
    await broken.pass(1_000)
    expect(broken.seen.asks.length).toBe(2)
    expect(broken.seen.reports).toEqual(['slots_not_lent', 'slots_not_lent'])
  })

  it('takes no loan up that it asked for before it was emptied', async () => {
    let answer: (loan: Loan) => void = () => undefined
    const lend = () => new Promise<Loan>((resolve) => (answer = resolve))
    const { borrower, memory, pass } = borrowing(10, lend)
    if (memory.meta !== null) memory.meta = { ...memory.meta, loan: { slots: 0, no: 6 } }
    borrower.schedule()
    await pass(0)
    if (memory.meta !== null) memory.meta = { ...memory.meta, loan: NO_LOAN }
    answer({ slots: 50, no: 7 })
    await pass(0)
    expect(memory.meta?.loan).toEqual(NO_LOAN)
  })

  it('asks once in each life in which it needs any, though it has enough: the limit may be another one', async () => {
    const { borrower, seen, memory, pass } = borrowing(10, lendAll)
    if (memory.meta !== null) memory.meta = { ...memory.meta, loan: { slots: 50, no: 3 } }
    borrower.schedule()
    await pass(0)
    borrower.schedule()
    await pass(20_000)
    expect(seen.asks.length).toBe(1)
  })
})

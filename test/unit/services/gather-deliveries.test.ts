import { describe, expect, it } from 'vitest'
import { DELIVERIES_ALIKE_MAX, DELIVERIES_MAX, type Delivery } from '#core/model/delivery'
import type { SeenCall } from '../../../worker/ports/delivery-log'
import type { Deployments } from '../../../worker/ports/deployments'
import { gatherDeliveries } from '../../../worker/services/gather-deliveries'

const facts = { headers: { 'user-agent': 'shop/1' }, query: [] }

function seen(changes: Partial<SeenCall> = {}): SeenCall {
  return {
    at: 1_000,
    method: 'POST',
    slot: 0,
    triggerId: 'webhook',
    outcome: 'accepted',
    reason: null,
    status: 200,
    durationMs: 1,
    bytes: 2,
    executionId: 'exec_1',
    duplicate: false,
    heldBytes: 100,
    facts: () => facts,
    ...changes,
  }
}

const refused = (changes: Partial<SeenCall> = {}) =>
  seen({ outcome: 'refused', reason: 'credential_wrong', status: 401, executionId: null, ...changes })

/** An isolate whose waits end when a test says so. */
function isolate(options: { readonly addDeliveries?: () => Promise<number> } = {}) {
  const written: { readonly ref: string; readonly deliveries: readonly Delivery[] }[] = []
  const waits: { readonly ms: number; readonly end: () => void }[] = []
  const tasks: Promise<unknown>[] = []
  const reports: (readonly [string, unknown])[] = []
  const time = { now: 1_000 }
  const deployments = ((ref: string) => ({
    addDeliveries: async ({
      organizationId,
      deliveries,
    }: {
      organizationId: string
      deliveries: readonly Delivery[]
    }) => {
      await options.addDeliveries?.()
      expect(organizationId).toBe(`org of ${ref}`)
      written.push({ ref, deliveries })
      return deliveries.length
    },
  })) as unknown as Deployments
  const log = gatherDeliveries({
    configs: { get: async (ref) => (ref === 'nobody' ? null : ({ organizationId: `org of ${ref}` } as never)) },
    deployments,
    clock: () => time.now,
    sleep: (ms) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      waits.push({ ms, end: resolve })
      return promise
    },
    randomBytes: (length) => new Uint8Array(length),
    background: (work) => void tasks.push(work),
    report: (event, told) => void reports.push([event, told]),
  })
  /** Lets everybody who waits write. */
  async function settle(): Promise<void> {
    for (const { end } of waits.splice(0)) end()
    await Promise.all(tasks.splice(0))
  }
  return { log, written, waits, tasks, reports, time, settle }
}

describe('calls an isolate has answered', () => {
  it('are told to their deployment together, later, and in their order', async () => {
    const { log, written, tasks, waits, settle } = isolate()
    for (let n = 0; n < 5; n++) log.note('r1', seen({ executionId: `exec_${n}` }))
    log.note('r2', refused())
    expect([tasks.length, written.length, waits.map(({ ms }) => ms)]).toEqual([2, 0, [500, 500]])
    await settle()
    expect(written.map(({ ref, deliveries }) => [ref, deliveries.length])).toEqual([
      ['r1', 5],
      ['r2', 1],
    ])
    const [first] = written
    expect(first?.deliveries.map(({ executionId }) => executionId)).toEqual([0, 1, 2, 3, 4].map((n) => `exec_${n}`))
    expect(first?.deliveries.map(({ id }) => id)).toEqual(first?.deliveries.map(({ id }) => id).toSorted())
    expect(first?.deliveries[0]).toMatchObject({ ...facts, more: 0, lastAt: 1_000 })
    expect(first?.deliveries[0]).not.toHaveProperty('heldBytes')
  })

  it('of a busy deployment are told less often', async () => {
    const { log, waits, settle } = isolate()
    for (let n = 0; n < 100; n++) log.note('r1', seen({ executionId: `exec_${n}` }))
    await settle()
    log.note('r1', seen())
    expect(waits.map(({ ms }) => ms)).toEqual([5_000])
    await settle()
    log.note('r1', seen())
    expect(waits.map(({ ms }) => ms)).toEqual([500])
  })

  it('that come while others are written wait for the next time, and none is told twice', async () => {
    const { promise, resolve } = Promise.withResolvers<number>()
    const { log, written, waits, tasks, settle } = isolate({ addDeliveries: () => promise })
    log.note('r1', seen({ executionId: 'exec_a' }))
    waits.splice(0)[0]?.end()
    const [first] = tasks.splice(0)
    await Promise.resolve()
    log.note('r1', seen({ executionId: 'exec_b' }))
    resolve(1)
    await first
    await settle()
    expect(written.map(({ deliveries }) => deliveries.map(({ executionId }) => executionId))).toEqual([
      ['exec_a'],
      ['exec_b'],
    ])
  })

  it('are told by the next request when the one that was to do it is gone', async () => {
    const { log, written, tasks, waits, time, settle } = isolate()
    log.note('r1', seen())
    waits.splice(0)
    void tasks.splice(0)
    time.now += 5_000
    log.note('r1', seen())
    expect(tasks).toHaveLength(0)
    time.now += 5_000
    log.note('r1', seen())
    await settle()
    expect(written.map(({ deliveries }) => deliveries.length)).toEqual([3])
  })

  it('of a deployment nobody has are told to nobody', async () => {
    const { log, written, settle } = isolate()
    log.note('nobody', refused())
    await settle()
    expect(written).toEqual([])
  })

  it('that could not be told are told once more, the same, and then given up with a word in the log', async () => {
    const answers = [false, true, false, false]
    const addDeliveries = () => (answers.shift() === true ? Promise.resolve(1) : Promise.reject(new Error('away')))
    const { log, written, waits, reports, tasks, settle } = isolate({ addDeliveries })
    const twice = async () => {
      log.note('r1', seen())
      const all = Promise.all(tasks.splice(0))
      for (let n = 0; n < 2; n++) {
        waits.splice(0)[0]?.end()
        for (let turn = 0; turn < 20; turn++) await Promise.resolve()
      }
      await all
    }
    await twice()
    expect([written.length, reports]).toEqual([1, []])
    await twice()
    await settle()
    expect(written).toHaveLength(1)
    expect(reports).toMatchObject([['deliveries_unwritten', { ref: 'r1', calls: 1 }]])
  })
})

describe('a flood of calls', () => {
  it('with wrong keys is a few lines that count the rest, for each reason and webhook', async () => {
    const { log, written, tasks, time, settle } = isolate()
    let made = 0
    const description = () => {
      made += 1
      return facts
    }
    for (let n = 0; n < 100_000; n++) {
      time.now += n % 100 === 0 ? 1 : 0
      log.note('r1', refused({ at: time.now, slot: n % 2, facts: description }))
    }
    log.note('r1', seen())
    expect(tasks).toHaveLength(1)
    await settle()
    const [batch, ...others] = written
    expect([batch?.deliveries.length, others.length, made]).toEqual([
      2 * DELIVERIES_ALIKE_MAX + 1,
      0,
      2 * DELIVERIES_ALIKE_MAX,
    ])
    const counting = batch?.deliveries.filter(({ more }) => more > 0) ?? []
    expect(counting.map(({ slot, more, lastAt }) => [slot, more, lastAt])).toEqual([
      [0, 50_000 - DELIVERIES_ALIKE_MAX, 2_000],
      [1, 50_000 - DELIVERIES_ALIKE_MAX, 2_000],
    ])
  })

  it('that repeat one delivery is a few lines, and one that start executions is the last thousand', async () => {
    const { log, written, settle } = isolate()
    for (let n = 0; n < 1_000; n++) log.note('r1', seen({ duplicate: true }))
    await settle()
    expect(written[0]?.deliveries.length).toBe(DELIVERIES_ALIKE_MAX)
    for (let n = 0; n < 5_500; n++) log.note('r1', seen({ executionId: `exec_${n}` }))
    await settle()
    expect(written[1]?.deliveries.map(({ executionId }) => executionId)).toEqual(
      Array.from({ length: DELIVERIES_MAX }, (_, n) => `exec_${n + 4_500}`),
    )
  })

  it('with long headers keeps no more of them than an isolate has room for', async () => {
    const { log, written, settle } = isolate()
    for (let n = 0; n < 500; n++) log.note('r1', seen({ executionId: `exec_${n}`, heldBytes: 32_768 }))
    await settle()
    const withHeaders = written[0]?.deliveries.filter(({ headers }) => 'user-agent' in headers) ?? []
    expect([written[0]?.deliveries.length, withHeaders.length]).toEqual([500, 256])
    log.note('r1', seen())
    await settle()
    expect(written[1]?.deliveries[0]?.headers).toEqual(facts.headers)
  })

  it('over many deployments is dropped where an isolate has no room, and the log says how many', async () => {
    const { log, written, reports, settle } = isolate()
    for (let n = 0; n < 25_000; n++) log.note(`r${n % 50}`, seen({ executionId: `exec_${n}` }))
    await settle()
    const kept = written.reduce((sum, { deliveries }) => sum + deliveries.length, 0)
    expect(kept).toBe(20_000)
    expect(reports).toHaveLength(50)
    expect(reports[0]).toEqual(['deliveries_dropped', { ref: 'r0', calls: 100 }])
  })
})

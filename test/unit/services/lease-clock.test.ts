import { describe, expect, it } from 'vitest'
import { createLeaseClock } from '../../../worker/services/runner/lease-clock'

const LEASE_MS = 30_000
const MARGIN_MS = 5_000

function clockAt(sentAt: number) {
  const time = { now: sentAt }
  return { time, lease: createLeaseClock(() => time.now, sentAt, LEASE_MS) }
}

describe('a runner’s own clock (I4)', () => {
  it('lets no effect start in the last five seconds of its lease', () => {
    const { time, lease } = clockAt(1_000)
    time.now = 1_000 + LEASE_MS - MARGIN_MS - 1
    expect(lease.mayStart()).toBe(true)
    time.now += 1
    expect(lease.mayStart()).toBe(false)
  })

  it('counts an extension from when the call was sent, not from when it was answered', () => {
    const { time, lease } = clockAt(0)
    time.now = 20_000
    lease.extend(12_000, LEASE_MS)
    expect(lease.endsAt()).toBe(42_000)
  })

  it('is not set back by an answer that comes late', () => {
    const { lease } = clockAt(0)
    lease.extend(12_000, LEASE_MS)
    lease.extend(4_000, LEASE_MS)
    expect(lease.endsAt()).toBe(42_000)
  })
})

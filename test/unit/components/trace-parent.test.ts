import { describe, expect, it } from 'vitest'
import { traceParent } from '#core/components/trace-parent'

const attempt = { executionId: 'exec_1', idempotencyKey: 'exec_1:call', attempt: 1 }
const CALLER = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'

describe('the trace context of a request', () => {
  it('has the form that W3C Trace Context gives it', () => {
    expect(traceParent(attempt)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  })

  it('is the same for a repeat, the same trace and another span for another attempt or stage', () => {
    const first = traceParent(attempt)
    expect(traceParent(attempt)).toBe(first)
    for (const other of [
      { ...attempt, attempt: 2 },
      { ...attempt, idempotencyKey: 'exec_1:other' },
    ]) {
      expect(traceParent(other).slice(0, 36)).toBe(first.slice(0, 36))
      expect(traceParent(other)).not.toBe(first)
    }
    expect(traceParent({ ...attempt, executionId: 'exec_2' }).slice(3, 35)).not.toBe(first.slice(3, 35))
  })

  it('continues the trace of whoever started the execution, with its sampling', () => {
    const own = traceParent({ ...attempt, traceparent: CALLER })
    expect(own).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/)
    expect(own).not.toContain('00f067aa0ba902b7')
  })

  it.for(['', 'nonsense', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`])('ignores %s', (traceparent) => {
    expect(traceParent({ ...attempt, traceparent })).toBe(traceParent(attempt))
  })
})

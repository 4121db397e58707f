import { sha256 } from '../expression/sha256'
import type { ComponentContext } from './context'

const TRACE_PARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})(?:-|$)/

function hexDigest(text: string, chars: number): string {
  const digest = sha256(new TextEncoder().encode(text))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, chars)
}

const CHARS = 55

/** What a caller says it is part of, as far as it can be understood. */
export function readTraceParent(header: string | null): string | undefined {
  return header !== null && TRACE_PARENT.test(header) ? header.slice(0, CHARS) : undefined
}

/**
 * The W3C `traceparent` of one attempt's request. The trace is the one the execution was started in, else its own; the
 * span is the attempt. Both follow from ids, so that a repeated attempt shows as the same span.
 */
export function traceParent(ctx: Pick<ComponentContext, 'executionId' | 'idempotencyKey' | 'attempt' | 'traceparent'>) {
  const [, trace = '', flags = '01'] = TRACE_PARENT.exec(ctx.traceparent ?? '') ?? []
  const traceId = /^0*$/.test(trace) ? hexDigest(ctx.executionId, 32) : trace
  return `00-${traceId}-${hexDigest(`${ctx.idempotencyKey}:${ctx.attempt}`, 16)}-${flags}`
}

import * as z from 'zod'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import type { Redact } from '#core/engine/redact'
import { assertNever } from '#core/kernel/assert'
import type { Json } from '#core/kernel/json'
import { TERMINAL_STATUSES } from '#core/model/execution-status'
import type { Failure } from '#core/model/failure'
import type { InboxEntry } from '#core/shard/wire'

const Cancel = z.object({ reason: z.string(), actor: z.string().nullable() })
const Signal = z.object({ name: z.string(), payload: z.json(), actor: z.string().nullable() })
const ChildEnd = z.object({
  status: z.enum(TERMINAL_STATUSES),
  output: z.json(),
  failure: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
})

/** An entry of the inbox as the event it is; what came from outside is redacted like everything that is kept. */
export function readMail({ kind, key, body, at }: InboxEntry, redact: Redact): JournalEvent {
  const base = { v: EVENT_VERSION, at }
  const content: unknown = JSON.parse(body)
  switch (kind) {
    case 'cancel':
      return { ...base, type: 'cancel_requested', ...Cancel.parse(content) }
    case 'signal': {
      const { name, payload, actor } = Signal.parse(content)
      return { ...base, type: 'signal_received', signalId: key, name, payload: redact(payload), actor }
    }
    case 'child_finished': {
      const { status, output, failure } = ChildEnd.parse(content)
      const why = failure === null ? null : (redact(failure as Json) as Failure)
      return { ...base, type: 'child_finished', executionId: key, status, output: redact(output), failure: why }
    }
    default:
      return assertNever(kind)
  }
}

/** Adds the children that stages wait for after these events, and takes away those that have ended. */
export function noteChildren(awaited: Set<string>, events: readonly JournalEvent[]): void {
  for (const event of events) {
    if (event.type === 'stage_waiting' && event.for?.kind === 'child') awaited.add(event.for.executionId)
    if (event.type === 'child_finished') awaited.delete(event.executionId)
  }
}

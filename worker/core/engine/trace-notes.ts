import type { LogLine } from '../components/context'
import { isJsonObject, type Json } from '../kernel/json'
import type { EpochMs } from '../kernel/time'
import { LIMITS } from '../model/limits'
import type { JournalEvent } from './event'
import { textLength } from './text-length'
import type { TraceAttempt } from './trace'
import type { TracePlace } from './trace-places'

type Event<Type extends JournalEvent['type']> = Extract<JournalEvent, { readonly type: Type }>
type ResultEvent = Event<'stage_succeeded' | 'attempt_failed' | 'stage_waiting' | 'stage_opened'>

/** What the journal says about one stage, gathered in one pass. */
export type StageNotes = {
  input: Json
  startedAt: EpochMs | null
  readonly logs: LogLine[]
  readonly attempts: TraceAttempt[]
  isMocked: boolean
  /** The execution it waits for, or waited for last. */
  awaitedChild: string | null
}

/** What a foreach was given; of a very long list only its length is shown, as of any input. */
function inputWithItems({ input, items }: Event<'stage_opened'>): Json {
  const chars = textLength(items)
  const shown = chars > LIMITS.outputInlineBytesMax ? { truncated: true, chars } : items
  return isJsonObject(input) ? { items: shown, ...input } : shown
}

function noteResult(notes: StageNotes, event: ResultEvent): void {
  notes.input = event.type === 'stage_opened' ? inputWithItems(event) : event.input
  if (event.type === 'stage_waiting' && event.for?.kind === 'child') notes.awaitedChild = event.for.executionId
  if (event.type === 'stage_waiting' || event.type === 'stage_opened') return
  if (event.type === 'stage_succeeded') notes.isMocked = event.mocked === true
  if (event.logs !== undefined) notes.logs.push(...event.logs)
  const startedAt = event.startedAt ?? notes.startedAt
  notes.attempts.push({
    number: event.attempt,
    startedAt,
    endedAt: event.at,
    duration: startedAt === null ? null : event.at - startedAt,
    output: event.output ?? null,
    error: event.type === 'attempt_failed' ? event.failure : null,
  })
  notes.startedAt = null
}

/** The notes on those stages that have a place in the trace, by address. */
export function takeNotes(
  places: readonly TracePlace[],
  events: readonly JournalEvent[],
): ReadonlyMap<string, StageNotes> {
  const starts = new Map(places.map(({ address, state }) => [address, state.startedAt]))
  const all = new Map<string, StageNotes>()
  for (const event of events) {
    if (!('stage' in event) || !starts.has(event.stage)) continue
    let notes = all.get(event.stage)
    if (notes === undefined) {
      const startedAt = starts.get(event.stage) ?? null
      notes = { input: null, startedAt, logs: [], attempts: [], isMocked: false, awaitedChild: null }
      all.set(event.stage, notes)
    }
    if (event.type === 'stage_started') notes.startedAt = notes.attempts.length === 0 ? notes.startedAt : event.at
    else if (event.type === 'timer_fired') notes.startedAt ??= event.at
    else noteResult(notes, event)
  }
  return all
}

import { jsonTextOf, lazyOutput } from '#core/components/lazy-field'
import type { JournalEvent } from '#core/engine/event'
import type { Json } from '#core/kernel/json'
import { parseExecutionId } from '#core/model/execution-id'
import { LIMITS } from '#core/model/limits'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Work } from '#core/shard/wire'
import type { OutputStore } from '../../ports/output-store'

/** Turns events into journal lines; outputs too large for the journal go to the store first (4.4 rule 13). */
export type EventWriter = {
  /** The event as the state may take it; a promise only when an output has to be stored. */
  readonly keep: (event: JournalEvent) => JournalEvent | Promise<JournalEvent>
  readonly serialize: (event: JournalEvent) => string
}

export function createEventWriter(work: Work, config: DeploymentConfig, outputs: OutputStore): EventWriter {
  const lines = new WeakMap<JournalEvent, string>()
  let inlineChars = work.journal.reduce((sum, line) => sum + line.length, 0)
  let stored = 0

  function fits(chars: number): boolean {
    return chars <= LIMITS.outputInlineBytesMax && inlineChars + chars <= LIMITS.outputInlineBytesPerExecutionMax
  }

  async function store(event: Extract<JournalEvent, { type: 'stage_succeeded' }>): Promise<JournalEvent> {
    const shard = parseExecutionId(work.id)?.shard ?? 0
    const place = `${config.organizationId}/${config.ref}/${shard}/${work.seq}`
    const outputRef = `o/standard/${place}/${work.token}-${stored++}`
    await reach(() => outputs.put(outputRef, jsonTextOf(event.output)))
    const kept = { ...event, outputRef }
    lines.set(kept, JSON.stringify({ ...kept, output: null }))
    return kept
  }

  return {
    keep(event) {
      // What is still text is too large for the journal; making a value of it just to measure it would cost memory.
      const isText = 'output' in event && lazyOutput(event.output) !== null
      const line = isText ? null : JSON.stringify(event)
      if (line !== null && fits(line.length)) {
        inlineChars += line.length
        lines.set(event, line)
        return event
      }
      if (event.type === 'stage_succeeded') return store(event)
      return event.type === 'attempt_failed' ? { ...event, output: truncated(event.output ?? null) } : event
    },
    serialize: (event) => lines.get(event) ?? JSON.stringify(event),
  }
}

/** A failed attempt's output is for people and conditions; beyond the journal's room only its size is kept. */
function truncated(output: Json): Json {
  return output === null ? null : { truncated: true, chars: jsonTextOf(output).length }
}

/** The store of large outputs cannot be reached: whoever waits a little may have better luck. */
export class StoreUnreachable extends Error {}

/** A stored output is gone for good. */
export class OutputLost extends Error {}

async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw new StoreUnreachable('The store of large outputs did not answer.', { cause })
  }
}

/** The events of a journal with stored outputs put back in their place. Rejects with StoreUnreachable or OutputLost. */
export async function readJournal(lines: readonly string[], outputs: OutputStore): Promise<readonly JournalEvent[]> {
  const events = lines.map((line) => JSON.parse(line) as JournalEvent)
  if (!events.some((event) => 'outputRef' in event)) return events
  return Promise.all(events.map((event) => withOutput(event, outputs)))
}

async function withOutput(event: JournalEvent, outputs: OutputStore): Promise<JournalEvent> {
  if (event.type !== 'stage_succeeded' || event.outputRef === undefined) return event
  const { outputRef } = event
  const json = await reach(() => outputs.get(outputRef))
  if (json === null) throw new OutputLost(event.stage)
  return { ...event, output: JSON.parse(json) as Json }
}

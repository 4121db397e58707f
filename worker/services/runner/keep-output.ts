import { jsonLengthOf, jsonPartsOf, lazyOutput } from '#core/components/lazy-field'
import type { JournalEvent } from '#core/engine/event'
import { isJsonObject, type Json } from '#core/kernel/json'
import { LIMITS } from '#core/model/limits'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Work } from '#core/shard/wire'
import type { OutputStore } from '../../ports/output-store'
import { openPages } from './journal-pages'
import { objectPlace } from './object-place'
import { OutputLost, reach } from './reach-store'

type Event<Type extends JournalEvent['type']> = Extract<JournalEvent, { readonly type: Type }>

/** Turns events into journal lines; outputs too large for the journal go to the store first (4.4 rule 13). */
export type EventWriter = {
  /** The event as the state may take it; a promise only when an output has to be stored. */
  readonly keep: (event: JournalEvent) => JournalEvent | Promise<JournalEvent>
  readonly serialize: (event: JournalEvent) => string
}

export function createEventWriter(work: Work, config: DeploymentConfig, outputs: OutputStore): EventWriter {
  const lines = new WeakMap<JournalEvent, string>()
  let stored = 0

  async function put(value: Json): Promise<string> {
    const ref = `${objectPlace(work, config)}-${stored++}`
    await reach(() => outputs.put(ref, jsonPartsOf(value)))
    return ref
  }

  async function store(event: Event<'stage_succeeded'>): Promise<JournalEvent> {
    const kept = { ...event, outputRef: await put(event.output) }
    lines.set(kept, JSON.stringify({ ...kept, output: null }))
    return kept
  }

  async function storeFailed(event: Event<'attempt_failed'>, output: Json): Promise<JournalEvent> {
    const kept = { ...event, output, outputRef: await put(output) }
    lines.set(kept, JSON.stringify({ ...kept, output: shortened(output) }))
    return kept
  }

  async function storeItems(event: Event<'stage_opened'>): Promise<JournalEvent> {
    const kept = { ...event, itemsRef: await put(event.items) }
    lines.set(kept, JSON.stringify({ ...kept, items: [] }))
    return kept
  }

  return {
    keep(event) {
      // What is still text is too large for the journal; making a value of it just to measure it would cost memory.
      const isText = 'output' in event && lazyOutput(event.output) !== null
      const line = isText ? null : JSON.stringify(event)
      if (line !== null && line.length <= LIMITS.outputInlineBytesMax) {
        lines.set(event, line)
        return event
      }
      if (event.type === 'stage_succeeded') return store(event)
      if (event.type === 'stage_opened') return storeItems(event)
      if (event.type !== 'attempt_failed' || event.output === undefined) return event
      // A stage may be tried a hundred times: only what it ends with is worth the room, and a reader's memory.
      return event.retryAt === undefined
        ? storeFailed(event, event.output)
        : { ...event, output: shortened(event.output) }
    },
    serialize: (event) => lines.get(event) ?? JSON.stringify(event),
  }
}

const FIELDS_CHARS_MAX = 65_536

/** An output too large for the journal with the fields that are not, such as a status and its headers. */
function shortened(output: Json): Json {
  const lazy = lazyOutput(output)
  const fields = lazy?.fields ?? output
  let room = FIELDS_CHARS_MAX
  const isShort = ([name, value]: [string, Json]) => {
    const chars = name === lazy?.name ? Infinity : JSON.stringify(value).length
    if (chars > room) return false
    room -= chars
    return true
  }
  const short = isJsonObject(fields) ? Object.fromEntries(Object.entries(fields).filter(isShort)) : {}
  return { ...short, truncated: true, chars: jsonLengthOf(output) }
}

/** Stored values that are fetched at a time, and held at a time by who reads a journal in parts. */
const FETCH_AT_ONCE = 8

/** The events of a journal with stored values put back in their place. Rejects with StoreUnreachable and OutputLost. */
export async function readJournal(lines: readonly string[], outputs: OutputStore): Promise<readonly JournalEvent[]> {
  const parts: (readonly JournalEvent[])[] = []
  for await (const part of journalParts(lines, outputs)) parts.push(part)
  return parts.flat()
}

/**
 * The same for somebody to look at. Cut where a stored value is gone, and where they are longer together than is held for one
 * answer: they are read one by one, and what comes after that is left out. Rejects with StoreUnreachable.
 */
export async function readJournalToShow(
  lines: readonly string[],
  outputs: OutputStore,
): Promise<{ readonly events: readonly JournalEvent[]; readonly isCut: boolean }> {
  const events: JournalEvent[] = []
  let isCut = false
  let left = LIMITS.traceStoredCharsMax
  const get = async (key: string) => {
    const json = await outputs.get(key)
    left -= json?.length ?? 0
    return json
  }
  const stored = { outputs: { get }, onLost: () => void (isCut = true) }
  for await (const opened of openPages(lines, outputs)) {
    for (const line of opened) {
      const event = JSON.parse(line) as JournalEvent
      const isLeftOut = isStored(event) && left <= 0
      isCut ||= isLeftOut
      events.push(isLeftOut ? event : await withOutput(event, stored))
    }
  }
  return { events, isCut }
}

/** The same in parts, so that a long journal need not be in memory as a whole. With `onLost`, null stands for what is gone. */
export async function* journalParts(
  lines: readonly string[],
  outputs: OutputStore,
  onLost?: () => void,
): AsyncGenerator<readonly JournalEvent[]> {
  const fetched = (event: JournalEvent) => withOutput(event, { outputs, onLost })
  for await (const opened of openPages(lines, outputs)) {
    let part: JournalEvent[] = []
    let stored = 0
    for (const line of opened) {
      const event = JSON.parse(line) as JournalEvent
      part.push(event)
      if (!isStored(event) || ++stored < FETCH_AT_ONCE) continue
      yield await Promise.all(part.map(fetched))
      part = []
      stored = 0
    }
    yield stored === 0 ? part : await Promise.all(part.map(fetched))
  }
}

const isStored = (event: JournalEvent) => 'outputRef' in event || 'itemsRef' in event

/** Without `onLost`, a value that is gone is an error; with it, null stands in its place. */
type Stored = { readonly outputs: Pick<OutputStore, 'get'>; readonly onLost: (() => void) | undefined }

async function withOutput(event: JournalEvent, stored: Stored): Promise<JournalEvent> {
  if (event.type === 'stage_opened' && event.itemsRef !== undefined) {
    const items = await fetchValue(event.itemsRef, `The stored items of stage ${event.stage}`, stored)
    return { ...event, items: (items ?? []) as readonly Json[] }
  }
  if ((event.type !== 'stage_succeeded' && event.type !== 'attempt_failed') || event.outputRef === undefined)
    return event
  const output = await fetchValue(event.outputRef, `The stored output of stage ${event.stage}`, stored)
  return { ...event, output }
}

async function fetchValue(ref: string, what: string, { outputs, onLost }: Stored): Promise<Json> {
  const json = await reach(() => outputs.get(ref))
  if (json !== null) return JSON.parse(json) as Json
  if (onLost === undefined) throw new OutputLost(what)
  onLost()
  return null
}

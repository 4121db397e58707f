import { EVENT_VERSION } from '#core/engine/event'
import { LIMITS } from '#core/model/limits'
import { childrenIn, type ChildWaits } from '#core/shard/children'
import type { OutputStore } from '../../ports/output-store'
import { OutputLost, reach } from './reach-store'

// A journal that outgrows its shard goes on in the store of outputs: many lines become one object, and one line names it.
// Shard and runner count lines where they talk about what is written, and events where they talk about what happened.

/** Stands for `count` events, whose lines are the object `ref`. */
type Page = {
  readonly type: 'events'
  readonly v: number
  readonly at: number
  readonly ref: string
  readonly count: number
  /** Children its events wait for: the shard tells them when nobody does any more. */
  readonly waits?: ChildWaits
}

/** Every page begins with this, and no event does: those begin with their version. */
const PAGE_START = '{"type":"events",'
/** Less than this is not worth an object, until the journal is twice as long as it should be. */
const PAGE_CHARS_MIN = 64 * 1024
/** The shard itself looks for the answer to a webhook's caller. */
const RESPONSE = '"response":{'

/** An object is a JSON list, one event a line: no event has a line break in it. */
const [OPEN, BETWEEN, CLOSE] = ['[\n', ',\n', '\n]']

const isPage = (line: string) => line.startsWith(PAGE_START)
const charsOf = (lines: readonly string[]) => lines.reduce((sum, line) => sum + line.length, 0)

/** How many events the lines of a journal stand for. */
export function countEvents(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + (isPage(line) ? (JSON.parse(line) as Page).count : 1), 0)
}

/** The lines of a journal with its pages put back in their place, in parts. Rejects with StoreUnreachable or OutputLost. */
export async function* openPages(lines: readonly string[], outputs: OutputStore): AsyncGenerator<readonly string[]> {
  let from = 0
  for (const [at, line] of lines.entries()) {
    if (!isPage(line)) continue
    if (at > from) yield lines.slice(from, at)
    yield await openPage(JSON.parse(line) as Page, outputs)
    from = at + 1
  }
  if (from < lines.length) yield lines.slice(from)
}

/** All of them at once. */
export async function openJournal(lines: readonly string[], outputs: OutputStore): Promise<readonly string[]> {
  const parts: (readonly string[])[] = []
  for await (const part of openPages(lines, outputs)) parts.push(part)
  return parts.flat()
}

async function openPage({ ref }: Page, outputs: OutputStore): Promise<readonly string[]> {
  const text = await reach(() => outputs.get(ref))
  if (text === null) throw new OutputLost('A part of its journal')
  return text.slice(OPEN.length, -CLOSE.length).split(BETWEEN)
}

/**
 * Makes of the lines of one write what the shard is to keep; a promise only when some have to be stored before. Rejects with
 * StoreUnreachable.
 */
export type Pager = (lines: readonly string[]) => readonly string[] | Promise<readonly string[]>

/** `place` is what the keys of an execution's objects begin with, under this runner's token. */
export function createPager(journal: readonly string[], place: () => string, outputs: OutputStore): Pager {
  const budget = LIMITS.outputInlineBytesPerExecutionMax
  let inlineChars = charsOf(journal)
  let pages = 0

  async function store(lines: readonly string[]): Promise<readonly string[]> {
    const [first] = lines
    if (first === undefined) return []
    const ref = `${place()}-j${pages++}`
    await reach(() => outputs.put(ref, [OPEN + lines.join(BETWEEN) + CLOSE]))
    const { at } = JSON.parse(first) as { readonly at: number }
    const page: Page = { type: 'events', v: EVENT_VERSION, at, ref, count: lines.length }
    const executionIds = childrenIn(lines)
    return [JSON.stringify(executionIds.length === 0 ? page : { ...page, waits: { kind: 'child', executionIds } })]
  }

  async function storeAround(lines: readonly string[]): Promise<readonly string[]> {
    const answer = lines.findIndex((line) => line.includes(RESPONSE))
    const [before, after] = answer < 0 ? [lines, []] : [lines.slice(0, answer), lines.slice(answer + 1)]
    const packed = [
      ...(await store(before)),
      ...lines.slice(before.length, lines.length - after.length),
      ...(await store(after)),
    ]
    inlineChars += charsOf(packed)
    return packed
  }

  return (lines) => {
    const chars = charsOf(lines)
    const isWorthIt = chars >= PAGE_CHARS_MIN || inlineChars + chars > 2 * budget
    if (inlineChars + chars > budget && isWorthIt) return storeAround(lines)
    inlineChars += chars
    return lines
  }
}

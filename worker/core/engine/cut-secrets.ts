import { CUT } from '../kernel/excerpt'
import { decodings, type Spelled } from './decode-spelling'
import type { Hit, Sought } from './mask-text'

/** Only messages and lines of a log are cut by us, and none is longer. */
const TEXT_LENGTH_MAX = 10_000
/** We cut once; a message that repeats another may do so a few times. */
const CUTS_MAX = 4
const BEGINNING_LENGTH_MIN = 4
/** What a cut may leave of an escape. */
const BROKEN_ESCAPE =
  /(?:\\(?:u[0-9a-f]{0,3})?|(?:%[c-f][0-9a-f](?:%[89ab][0-9a-f]){0,2})?(?:%[0-9a-f]?)?|&#?[a-z0-9]{0,6})$/i

function beginningAt(text: string, spelled: string): number {
  for (let length = Math.min(text.length, spelled.length - 1); length >= BEGINNING_LENGTH_MIN; length--) {
    if (text.endsWith(spelled.slice(0, length))) return length
  }
  return 0
}

/** Beginnings of secrets that are left where a message was cut off, and its sign follows. */
export function cutHits(text: string, sought: readonly Sought[]): readonly Hit[] {
  if (text.length > TEXT_LENGTH_MAX) return []
  const hits: Hit[] = []
  let end = text.lastIndexOf(CUT)
  for (let cuts = 0; end > 0 && cuts < CUTS_MAX; cuts++, end = text.lastIndexOf(CUT, end - 1)) {
    const before = text.slice(0, end)
    const whole = before.replace(BROKEN_ESCAPE, '')
    const plain: Spelled = { text: before, starts: Array.from({ length: before.length }, (_, i) => i) }
    for (const { text: read, starts } of [plain, ...decodings(whole), ...decodings(before)]) {
      for (const { text: spelled, mask } of sought) {
        const length = beginningAt(read, spelled)
        if (length > 0) hits.push({ start: starts[read.length - length] ?? end, end, mask })
      }
    }
  }
  return hits
}

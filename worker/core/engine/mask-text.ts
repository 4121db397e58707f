import { cutHits } from './cut-secrets'
import { decodings } from './decode-spelling'
import { createNeedleFinder } from './find-needles'
import { type Spelling, secretSpellings } from './secret-spellings'

/** Masks all secrets in a text. `hints`: whether one may be there; true too often, never false where one would be masked. */
export type TextMasker = {
  readonly mask: (text: string) => string
  readonly hints: (text: string) => boolean
}

export type Sought = Spelling & { readonly mask: string }
export type Hit = { readonly start: number; readonly end: number; readonly mask: string }

/** A character takes at most so many when it is encoded three times over. */
const SPREAD_MAX = 14
const PIECE_LENGTH = 16_384

function soughtOf(secrets: Readonly<Record<string, string>>): readonly Sought[] {
  const known = new Map<string, Sought>()
  for (const [name, value] of Object.entries(secrets)) {
    for (const spelling of secretSpellings(value)) {
      if (!known.has(spelling.text)) known.set(spelling.text, { ...spelling, mask: `[secret ${name}]` })
    }
  }
  return [...known.values()]
}

/** Where a spelling stands in a part of a text, once that is decoded. */
function encodedHits(part: string, offset: number, sought: readonly Sought[]): Hit[] {
  return decodings(part).flatMap(({ text, starts }) =>
    sought.flatMap(({ text: spelled, mask }) => {
      const hits: Hit[] = []
      for (let at = text.indexOf(spelled); at >= 0; at = text.indexOf(spelled, at + 1)) {
        hits.push({ start: offset + (starts[at] ?? 0), end: offset + (starts[at + spelled.length] ?? 0), mask })
      }
      return hits
    }),
  )
}

/** As above for the whole of a text, piece by piece so that a long one takes no more memory than a short one. */
function encodedAnywhere(text: string, sought: readonly Sought[]): Hit[] {
  const overlap = Math.max(...sought.map(({ text: spelled }) => spelled.length)) * SPREAD_MAX
  const hits: Hit[] = []
  for (let from = 0; from < text.length; from += PIECE_LENGTH) {
    hits.push(...encodedHits(text.slice(from, from + PIECE_LENGTH + overlap), from, sought))
  }
  return hits
}

/** The part of a text that holds a spelling whose anchor is at `at`, however it is escaped. */
function around(text: string, at: number, { text: spelled, anchorAt }: Sought): readonly [from: number, to: number] {
  const behind = spelled.length - anchorAt
  return [Math.max(0, at - anchorAt * SPREAD_MAX), Math.min(text.length, at + behind * SPREAD_MAX)]
}

/** Overlapping hits become one, called by the longest. */
function masked(text: string, hits: readonly Hit[]): string {
  const sorted = hits.toSorted((a, b) => a.start - b.start || b.end - a.end)
  let result = ''
  let end = 0
  for (let i = 0; i < sorted.length;) {
    let longest = sorted[i] as Hit
    result += text.slice(end, longest.start)
    end = longest.end
    for (i++; i < sorted.length && (sorted[i] as Hit).start < end; i++) {
      const next = sorted[i] as Hit
      if (next.end - next.start > longest.end - longest.start) longest = next
      end = Math.max(end, next.end)
    }
    result += longest.mask
  }
  return result + text.slice(end)
}

/** A masker of the named secrets in every usual encoding; what it leaves out of a text is what it was given. */
export function createTextMasker(secrets: Readonly<Record<string, string>>): TextMasker {
  const sought = soughtOf(secrets)
  const unanchored = sought.filter(({ anchor }) => anchor === null)
  const find = createNeedleFinder(sought.map(({ text, anchor }) => anchor ?? text))

  function hitsIn(text: string): Hit[] {
    const hits: Hit[] = []
    find(text, (no, at) => {
      const wanted = sought[no] as Sought
      const start = at - wanted.anchorAt
      if (text.startsWith(wanted.text, start)) {
        hits.push({ start, end: start + wanted.text.length, mask: wanted.mask })
      } else if (wanted.anchor !== wanted.text) {
        const [from, to] = around(text, at, wanted)
        hits.push(...encodedHits(text.slice(from, to), from, [wanted]))
      }
    })
    if (unanchored.length > 0) hits.push(...encodedAnywhere(text, unanchored))
    hits.push(...cutHits(text, sought))
    return hits
  }

  return {
    mask(text) {
      const hits = hitsIn(text)
      return hits.length === 0 ? text : masked(text, hits)
    },
    hints(text) {
      let isHinted = unanchored.length > 0
      find(text, () => {
        isHinted = true
      })
      return isHinted
    },
  }
}

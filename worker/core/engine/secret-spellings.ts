import { encodeBase64 } from '../expression/base64'
import type { Json } from '../kernel/json'

/** What does not change however the text around it is escaped. */
const PLAIN_RUN = /[A-Za-z0-9]+/g
const ANCHOR_LENGTH_MIN = 4
const DERIVED_LENGTH_MIN = 6
const LINE_LENGTH_MIN = 8
const LEAF_LENGTH_MIN = 6

/**
 * A text that gives a secret away. `anchor` is its longest run that no escaping touches, which begins at `anchorAt`; null where
 * there is none of a useful length.
 */
export type Spelling = { readonly text: string; readonly anchor: string | null; readonly anchorAt: number }

/** Base64 of bytes wherever they stand in a longer text: only the characters that do not depend on the neighbours. */
function base64Inside(bytes: Uint8Array): string[] {
  return [0, 1, 2].map((shift) => {
    const shifted = new Uint8Array(shift + bytes.length)
    shifted.set(bytes, shift)
    const first = Math.ceil((shift * 8) / 6)
    const end = Math.floor((shifted.length * 8) / 6)
    return encodeBase64(shifted).slice(first, end)
  })
}

function stringLeaves(json: Json): string[] {
  if (typeof json === 'string') return [json]
  if (json === null || typeof json !== 'object') return []
  return Object.values(json).flatMap((value: Json) => stringLeaves(value))
}

function leavesOf(value: string): string[] {
  if (!/^\s*[[{]/.test(value)) return []
  try {
    return stringLeaves(JSON.parse(value) as Json).filter((leaf) => leaf.length >= LEAF_LENGTH_MIN)
  } catch {
    return []
  }
}

/** The parts of a secret that are one as well: its lines, the texts in it when it is JSON, what stands in its quotes, what is sent. */
function partsOf(value: string): string[] {
  const lines = /[\r\n]/.test(value) ? value.split(/[\r\n]+/).filter((line) => line.length >= LINE_LENGTH_MIN) : []
  const quoted = /^(["'`])([^]+)\1$/.exec(value)?.[2] ?? ''
  // Half a surrogate pair cannot be sent: what arrives is the sign for it.
  const sent = new TextDecoder().decode(new TextEncoder().encode(value))
  return [...lines, ...leavesOf(value), ...(quoted.length >= LINE_LENGTH_MIN ? [quoted] : []), sent]
}

/** Encodings that leave nothing of the text recognisable; all others are undone when a text is read. */
function transcribed(text: string): string[] {
  const bytes = new TextEncoder().encode(text)
  const base64 = [encodeBase64(bytes), ...base64Inside(bytes)]
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const url = base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))
  return [...base64, ...url, hex, hex.toUpperCase()].filter((form) => form.length >= DERIVED_LENGTH_MIN)
}

function spelling(text: string): Spelling {
  let anchor = ''
  let anchorAt = 0
  for (const { 0: run, index } of text.matchAll(PLAIN_RUN)) {
    if (run.length > anchor.length) [anchor, anchorAt] = [run, index]
  }
  return anchor.length < ANCHOR_LENGTH_MIN ? { text, anchor: null, anchorAt: 0 } : { text, anchor, anchorAt }
}

/** Every text in which a secret, or a part of it that is one as well, may turn up. */
export function secretSpellings(value: string): readonly Spelling[] {
  const texts = [value, ...partsOf(value)].flatMap((part) => [part, ...transcribed(part)])
  return [...new Set(texts)].map(spelling)
}

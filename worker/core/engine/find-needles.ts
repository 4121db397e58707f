const HASHES = 8_192
const WINDOW_MAX = 16

/** Calls `found` for every place in a text where a needle begins, from left to right, overlapping ones too. */
export type FindNeedles = (text: string, found: (needle: number, at: number) => void) => void

function hashOf(before: number, last: number): number {
  return ((before << 6) ^ last) & (HASHES - 1)
}

/**
 * A search for many needles at once, in a time that hardly depends on how many (Wu and Manber): where the two characters at
 * the end of a window end no needle's beginning, the window moves on by as much as it can. Needles have two characters or more.
 */
export function createNeedleFinder(needles: readonly string[]): FindNeedles {
  if (needles.length === 0) return () => undefined
  const width = Math.min(WINDOW_MAX, ...needles.map((needle) => needle.length))
  const shifts = new Uint8Array(HASHES).fill(width - 1)
  const ending = new Map<number, number[]>()
  for (const [no, needle] of needles.entries()) {
    for (let i = 1; i < width; i++) {
      const hash = hashOf(needle.charCodeAt(i - 1), needle.charCodeAt(i))
      shifts[hash] = Math.min(shifts[hash] ?? 0, width - 1 - i)
      if (i === width - 1) ending.set(hash, [...(ending.get(hash) ?? []), no])
    }
  }
  return (text, found) => {
    for (let i = width - 1; i < text.length;) {
      const hash = hashOf(text.charCodeAt(i - 1), text.charCodeAt(i))
      const shift = shifts[hash] ?? 0
      if (shift > 0) {
        i += shift
        continue
      }
      const at = i - width + 1
      for (const no of ending.get(hash) ?? []) if (text.startsWith(needles[no] ?? '', at)) found(no, at)
      i++
    }
  }
}

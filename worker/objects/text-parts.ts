/** A row holds at most 2 MB, and a character takes up to three bytes of it. */
const PART_CHARS_MAX = 600_000

/** A text in parts that fit a row each. Never between the two halves of a character: alone they cannot be stored. */
export function partsOf(text: string): readonly string[] {
  const parts: string[] = []
  for (let from = 0, to = 0; from < text.length; from = to) {
    to = from + PART_CHARS_MAX
    const last = text.charCodeAt(to - 1)
    if (to < text.length && last >= 0xd800 && last <= 0xdbff) to -= 1
    parts.push(text.slice(from, to))
  }
  return parts
}

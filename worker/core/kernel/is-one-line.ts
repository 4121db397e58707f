/** Controls, line and paragraph separators, halves of characters, and marks that turn the direction of the text around. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** Whether a text is one line of printable text, as a name has to be wherever it is written. */
export function isOneLine(text: string): boolean {
  return !UNPRINTABLE.test(text)
}

export const ONE_LINE_RULE = 'a name is one line of printable text'

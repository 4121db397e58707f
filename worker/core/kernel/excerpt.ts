/** The sign of a cut. What ends in it may end in the beginning of a secret, and is masked accordingly. */
export const CUT = '…'

/** The beginning of a text that is too long to be repeated as a whole. */
export function excerpt(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : text.slice(0, charsMax) + CUT
}

/** How many octets a text takes in UTF-8. */
export function octetsOf(text: string): number {
  let octets = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x80) continue
    // Each half of a surrogate pair counts two of the four octets.
    octets += code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 1 : 2
  }
  return octets
}

/** How many characters SQLite counts in a text. */
export function charactersOf(text: string): number {
  let characters = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code >= 0xdc00 && code <= 0xdfff) characters -= 1
  }
  return characters
}

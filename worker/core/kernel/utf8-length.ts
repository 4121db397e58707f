/** The bytes of a text in UTF-8, without encoding it; half a surrogate pair counts as its replacement. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) continue
    const isPair = code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00
    bytes += code < 0x800 ? 1 : 2
    if (isPair) i++
  }
  return bytes
}

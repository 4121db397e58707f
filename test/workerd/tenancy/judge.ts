/**
 * An id of the same kind and shape that nobody has. Its first characters stay, for they tell how old it is and lists that
 * start after it start at the same place; a digit becomes a digit and a letter a letter, for some fields judge the shape.
 */
export function madeUp(id: string): string {
  const kept = Math.min(id.indexOf('_') + 10, Math.max(0, id.length - 4))
  const random = crypto.getRandomValues(new Uint8Array(id.length))
  const other = (char: string, i: number) => {
    const like = /\d/.test(char) ? '0123456789' : 'abcdefghjkmnpqrstvwxyz'
    return like[random[i]! % like.length]!
  }
  return id.slice(0, kept) + Array.from(id.slice(kept), other).join('')
}

/** What an answer says, without the id that was sent and what differs from call to call. */
export function saying({ status, text }: { readonly status: number; readonly text: string }, sent: string): string {
  if (status < 300) return String(status)
  const body = text.slice(text.indexOf('\n') + 1)
  return `${status} ${body
    .replaceAll(sent, '∎')
    .replaceAll(encodeURIComponent(sent), '∎')
    .replace(/\b[a-z]+_[0-9a-z]{12,}/g, 'id')
    .replace(/own-\d+/g, 'own')
    .replace(/"(retry-after|currentRevision)":\d+/g, '')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'instant')}`
}

/** Whether an answer tells something of the victim that was not in the question. */
export function tells(text: string, words: readonly string[], sent: string): boolean {
  const rest = text.replaceAll(sent, '')
  return words.some((word) => word !== sent && !sent.includes(word) && rest.includes(word))
}

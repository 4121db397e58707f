/** An id of the same kind and length that nobody has. */
export function madeUp(id: string): string {
  const at = id.indexOf('_') + 1
  const digits = crypto.randomUUID().replaceAll('-', '').repeat(4)
  // The first characters tell how old it is: lists that start after it start at the same place.
  const kept = Math.min(id.length, at + 9)
  return id.slice(0, kept) + digits.slice(0, Math.max(0, id.length - kept - 0))
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

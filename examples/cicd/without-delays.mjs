/** The same document with every `delay_seconds` set to 0: as many attempts, no pauses between them. */
export function withoutDelays(document) {
  return JSON.parse(JSON.stringify(document), (key, value) => (key === 'delay_seconds' ? 0 : value))
}

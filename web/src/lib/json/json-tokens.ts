/** What a piece of pretty-printed JSON is, so that it can be set apart. */
export type JsonToken = { readonly kind: 'key' | 'string' | 'number' | 'word' | 'punctuation'; readonly text: string }

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[\s{}[\],:]+/g

/** Pretty-prints a value, line by line, in pieces. */
export function jsonLines(value: unknown): readonly (readonly JsonToken[])[] {
  const text = JSON.stringify(value ?? null, null, 2)
  return text.split('\n').map(tokensOf)
}

function tokensOf(line: string): readonly JsonToken[] {
  return Array.from(line.matchAll(TOKEN), ({ 0: text, index }) => ({ kind: kindOf(line, text, index), text }))
}

function kindOf(line: string, text: string, index: number): JsonToken['kind'] {
  const first = text[0] ?? ''
  if (first === '"') return line.startsWith('":', index + text.length - 1) ? 'key' : 'string'
  if (first === '-' || (first >= '0' && first <= '9')) return 'number'
  return /^[a-z]/.test(first) ? 'word' : 'punctuation'
}

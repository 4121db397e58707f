/** A text read through an encoding: where each of its characters began in what was read, and last where that ended. */
export type Spelled = { readonly text: string; readonly starts: readonly number[] }

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', 0: '\0' }
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }
const CODE_POINT_MAX = 0x10ffff

function character(code: number): string {
  return code <= CODE_POINT_MAX ? String.fromCodePoint(code) : ''
}

function unescaped(token: string): string {
  const sign = token.charAt(1)
  if ((sign === 'u' || sign === 'x') && token.length > 2) return String.fromCharCode(parseInt(token.slice(2), 16))
  return LETTERS[sign] ?? token.slice(1)
}

const utf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true })

function unpercented(token: string): string {
  return utf8.decode(Uint8Array.from(token.slice(1).split('%'), (byte) => parseInt(byte, 16)))
}

function entity(token: string): string {
  const name = token.slice(1).replace(';', '')
  if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? token
  const isHex = name.charAt(1).toLowerCase() === 'x'
  return character(isHex ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10))
}

const FOLLOWING = '%[89ab][0-9a-f]'
/** One character in one to four bytes; a byte that belongs to none stands for itself. */
const PERCENT = `%[cd][0-9a-f]${FOLLOWING}|%e[0-9a-f](?:${FOLLOWING}){2}|%f[0-7](?:${FOLLOWING}){3}|%[0-9a-f]{2}`

/** How texts spell what they cannot hold: JSON and program text, URLs, forms, HTML, and quotes of shells and tables. */
const ENCODINGS: readonly { readonly token: RegExp; readonly decode: (token: string) => string }[] = [
  { token: /\\(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[^])/gi, decode: unescaped },
  { token: new RegExp(PERCENT, 'gi'), decode: unpercented },
  { token: new RegExp(`${PERCENT}|\\+`, 'gi'), decode: (token) => (token === '+' ? ' ' : unpercented(token)) },
  { token: /&(?:#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{2,4});?/gi, decode: entity },
  { token: /'\\''|''|""/g, decode: (token) => token.charAt(0) },
]

/** Signs without which nothing is encoded. */
const SIGNS = /[\\%+&]|''|""/

function decodeWith({ token, decode }: (typeof ENCODINGS)[number], { text, starts }: Spelled): Spelled | null {
  let decoded = ''
  const places: number[] = []
  let end = 0
  const copy = (to: number) => {
    decoded += text.slice(end, to)
    for (let i = end; i < to; i++) places.push(starts[i] ?? 0)
  }
  for (const match of text.matchAll(token)) {
    copy(match.index)
    end = match.index + match[0].length
    const meant = decode(match[0])
    decoded += meant
    for (let i = 0; i < meant.length; i++) places.push(starts[match.index] ?? 0)
  }
  if (end === 0) return null
  copy(text.length)
  places.push(starts.at(-1) ?? 0)
  return { text: decoded, starts: places }
}

const DEPTH_MAX = 3

/** Everything a text may mean, read through up to three encodings one after the other; not the text itself. */
export function decodings(text: string): readonly Spelled[] {
  if (!SIGNS.test(text)) return []
  const seen = new Set([text])
  const all: Spelled[] = []
  let level: Spelled[] = [{ text, starts: Array.from({ length: text.length + 1 }, (_, i) => i) }]
  for (let depth = 0; depth < DEPTH_MAX; depth++) {
    const next: Spelled[] = []
    for (const from of level) {
      for (const encoding of ENCODINGS) {
        const decoded = decodeWith(encoding, from)
        if (decoded === null || seen.has(decoded.text)) continue
        seen.add(decoded.text)
        next.push(decoded)
      }
    }
    all.push(...next)
    level = next
  }
  return all
}

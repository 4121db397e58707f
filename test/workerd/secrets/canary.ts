/** A secret with everything in it that an encoding may change. */
export const CANARY = 'p@ss"w\\ö<&>\' 中\n2nd-line+/='

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const json = (text: string) => JSON.stringify(text).slice(1, -1)
const ascii = (text: string) =>
  json(text).replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
const html = (text: string) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]!)
const base64At = (text: string, shift: number) => {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)])
  return bytes.toString('base64').slice(Math.ceil((shift * 8) / 6), Math.floor((bytes.length * 8) / 6))
}
const url = (base64: string) => base64.replaceAll('+', '-').replaceAll('/', '_')

/** The encodings by name, made by the platform and not by the code under test. */
export const encodings: Readonly<Record<string, (text: string) => string>> = {
  raw: (text) => text,
  json,
  'json in ASCII': ascii,
  'json twice': (text) => json(json(text)),
  'json three times': (text) => json(json(json(text))),
  uri: encodeURI,
  'uri component': encodeURIComponent,
  'uri component, lower case': (text) => encodeURIComponent(text).replace(/%../g, (sign) => sign.toLowerCase()),
  'uri component in json': (text) => json(encodeURIComponent(text)),
  form: (text) => new URLSearchParams({ s: text }).toString().slice(2),
  html,
  'html in json': (text) => json(html(text)),
  hex: (text) => Buffer.from(text).toString('hex'),
  'hex, upper case': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  ...Object.fromEntries([0, 1, 2].map((shift) => [`base64 at ${shift}`, (text: string) => base64At(text, shift)])),
  ...Object.fromEntries(
    [0, 1, 2].map((shift) => [`base64url at ${shift}`, (text: string) => url(base64At(text, shift))]),
  ),
  'second line': (text) => text.split('\n')[1]!,
}

/** The encodings of the canary that a text holds. */
export function canariesIn(text: string): readonly string[] {
  return Object.entries(encodings).flatMap(([name, encode]) => (text.includes(encode(CANARY)) ? [name] : []))
}

/** Everything a hostile server may say about a secret it was sent, in one text. */
export const everyEncoding = (text: string) =>
  Object.values(encodings)
    .map((encode) => `<${encode(text)}>`)
    .join(' ')

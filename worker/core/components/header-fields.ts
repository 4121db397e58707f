import * as z from 'zod'
import { textField } from './text-field'

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
// Visible ASCII, spaces, tabs and Latin-1: what a header may carry; above all no line breaks.
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** The `headers` field: header names checked while drafting, values after their expressions are resolved. */
export function headersField(description = 'Request headers.') {
  const name = z.string().regex(NAME, 'A header name holds letters, digits and hyphens only')
  return z
    .record(name, textField({ title: 'Value', description: 'May hold {{ expressions }}.' }))
    .optional()
    .meta({ title: 'Headers', description })
}

/** The first header whose value no request can carry, or null. */
export function invalidHeader(headers: Readonly<Record<string, string>>): string | null {
  return Object.keys(headers).find((name) => !VALUE.test(headers[name] ?? '')) ?? null
}

/** The value of a header, whatever the case of its name. */
export function headerValue(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  const lower = name.toLowerCase()
  const key = Object.keys(headers).find((candidate) => candidate.toLowerCase() === lower)
  return key === undefined ? undefined : headers[key]
}

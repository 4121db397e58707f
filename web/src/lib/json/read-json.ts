import { isObject } from './member-of.ts'

export type ReadJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string }

/** Reads what somebody typed as JSON; says where it stops being JSON, with line and column when the browser tells. */
export function readJson(text: string): ReadJson {
  try {
    return { ok: true, value: JSON.parse(text) as unknown }
  } catch (error) {
    const cause = error instanceof Error ? error.message : ''
    const [, position] = /at position (\d+)/.exec(cause) ?? []
    if (position === undefined)
      return { ok: false, message: text.trim() === '' ? 'This is empty.' : 'This is not JSON.' }
    const before = text.slice(0, Number(position)).split('\n')
    return { ok: false, message: `Not JSON from line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}.` }
  }
}

/** The same, of what has to be an object. */
export function readJsonObject(
  text: string,
): { readonly ok: true; readonly value: Record<string, unknown> } | Extract<ReadJson, { ok: false }> {
  const read = readJson(text)
  if (!read.ok) return read
  if (isObject(read.value)) return { ok: true, value: { ...read.value } }
  return { ok: false, message: 'This has to be an object: { … }.' }
}

import type { Json } from '#core/kernel/json'

const TEXT_LENGTH_MAX = 80

/** A value as a sentence about a change writes it; numbers under keys that mean a time carry their unit. */
export function describeValue(key: string, value: Json): string {
  if (value === null) return 'nothing'
  if (typeof value === 'number' && /^(timeout|timeout_ms|timeoutMs)$/.test(key)) return milliseconds(value)
  if (typeof value === 'number' && /(^|_)seconds$/.test(key)) return milliseconds(value * 1_000)
  const text = typeof value === 'string' ? `"${value}"` : JSON.stringify(value)
  return text.length <= TEXT_LENGTH_MAX ? text : `${text.slice(0, TEXT_LENGTH_MAX - 1)}…`
}

function milliseconds(ms: number): string {
  if (ms < 1_000) return `${ms} ms`
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`
  if (ms % 60_000 === 0 && ms >= 120_000) return `${ms / 60_000} min`
  return `${ms / 1_000} s`
}

import { fromIso, type EpochMs } from '../../kernel/time'

/** Digits and nothing else: what a lenient reader would still make a number of is no time. */
export function fromSeconds(text: string | null): EpochMs | null {
  return text !== null && /^\d{1,12}$/.test(text) ? Number(text) * 1_000 : null
}

export function fromMilliseconds(text: string | null): EpochMs | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null
}

/** ISO 8601 in UTC. */
export function fromIsoUtc(text: string | null): EpochMs | null {
  if (text === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text)) return null
  const at = fromIso(text)
  return Number.isNaN(at) ? null : at
}

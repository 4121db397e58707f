import * as z from 'zod'
import { type DnsAnswer, RECORD_TYPES } from './dns-record'

const Answer = z.object({
  Status: z.int(),
  TC: z.boolean().optional(),
  Answer: z
    .array(z.object({ type: z.int(), TTL: z.number().min(0).default(0), data: z.string() }))
    .max(200)
    .optional(),
})

const LEADING: readonly number[] = Object.values(RECORD_TYPES)

/** Reads the JSON that resolvers answer as `application/dns-json`; null when it is none. */
export function readDnsJson(text: string): DnsAnswer | null {
  const parsed = Answer.safeParse(parse(text))
  if (!parsed.success || parsed.data.TC === true) return null
  const records = (parsed.data.Answer ?? [])
    .filter(({ type }) => LEADING.includes(type))
    .map(({ type, TTL, data }) => ({ type, ttlSeconds: TTL, data: data.toLowerCase().replace(/\.$/, '') }))
  return { code: parsed.data.Status, records }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

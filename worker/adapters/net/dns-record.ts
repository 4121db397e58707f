/** The types of record that lead to an address (RFC 1035, RFC 3596). */
export const RECORD_TYPES = { A: 1, CNAME: 5, AAAA: 28 } as const

export type AddressType = 'A' | 'AAAA'

/** One record of an answer; `data` is an address in text, or the name a CNAME leads to. */
export type DnsRecord = { readonly type: number; readonly ttlSeconds: number; readonly data: string }

/** `code` is the RCODE: 0 answered, 3 no such name, everything else a failure. */
export type DnsAnswer = { readonly code: number; readonly records: readonly DnsRecord[] }

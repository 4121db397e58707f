import { decodeInteger, encodeBytes, encodeInteger } from '../kernel/crockford'
import { isSameText } from './is-same-text'

/** A keyed hash of a text, at least ten bytes long. The key never leaves the adapter. */
export type Mac = (text: string) => Promise<Uint8Array>

/** Which webhook of which deployment a token names. */
export type WebhookAddress = { readonly ref: string; readonly slot: number }

export const WEBHOOK_SLOTS_MAX = 1_024

const MAC_BYTES = 10
const PATTERN = /^([0-9a-hjkmnp-tv-z]{13})([0-9a-hjkmnp-tv-z]{2})([0-9a-hjkmnp-tv-z]{16})$/

/** `<ref 13><slot 2><80-bit MAC 16>`: opaque to senders, and wrong ones are told apart without a lookup (architecture 4.1). */
export async function formatWebhookToken(mac: Mac, address: WebhookAddress): Promise<string> {
  return `${address.ref}${encodeInteger(address.slot, 2)}${await seal(mac, address)}`
}

/** The address inside a token, or null when the token was not made with this key. */
export async function parseWebhookToken(mac: Mac, token: string): Promise<WebhookAddress | null> {
  const match = PATTERN.exec(token)
  if (match === null) return null
  const [, ref = '', slot = '', given = ''] = match
  const address = { ref, slot: decodeInteger(slot) ?? 0 }
  return isSameText(given, await seal(mac, address)) ? address : null
}

async function seal(mac: Mac, { ref, slot }: WebhookAddress): Promise<string> {
  return encodeBytes((await mac(`webhook:${ref}:${slot}`)).subarray(0, MAC_BYTES))
}

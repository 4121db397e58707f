import { decodeInteger, encodeBytes, encodeInteger } from '../kernel/crockford'
import type { EpochMs } from '../kernel/time'
import { isSameText } from './is-same-text'
import type { Mac } from './webhook-token'

/** Which signal of which execution a link sends, and until when. */
export type SignalAddress = { readonly executionId: string; readonly name: string; readonly expiresAt: EpochMs }

const MAC_BYTES = 15
const PATTERN = /^([0-9a-z]{31})([0-9a-hjkmnp-tv-z]{9})([0-9a-hjkmnp-tv-z]{24})-([A-Za-z][A-Za-z0-9_-]{0,63})$/

/** `<execution 31><expires 9><120-bit MAC 24>-<name>`: whoever holds it may send this one signal, once. */
export async function formatSignalToken(mac: Mac, address: SignalAddress): Promise<string> {
  const { executionId, name, expiresAt } = address
  const execution = executionId.slice('exec_'.length)
  return `${execution}${encodeInteger(expiresAt, 9)}${await seal(mac, address)}-${name}`
}

/** The address inside a token, or null when the token was not made with this key. Expiry is for the caller to judge. */
export async function parseSignalToken(mac: Mac, token: string): Promise<SignalAddress | null> {
  const match = PATTERN.exec(token)
  if (match === null) return null
  const [, execution = '', expires = '', given = '', name = ''] = match
  const address = { executionId: `exec_${execution}`, name, expiresAt: decodeInteger(expires) ?? 0 }
  return isSameText(given, await seal(mac, address)) ? address : null
}

async function seal(mac: Mac, { executionId, name, expiresAt }: SignalAddress): Promise<string> {
  return encodeBytes((await mac(`signal:${executionId}:${expiresAt}:${name}`)).subarray(0, MAC_BYTES))
}

import type { Claim } from './claim'
import type { SignedCall } from './define-scheme'

/** The claim of a signature that covers the body and nothing else: no time, no header. */
export function bodyMac(call: SignedCall, signature: Uint8Array | null): Claim | null {
  if (signature === null) return null
  return { kind: 'mac', algorithm: 'sha256', message: [call.body], signatures: [signature], sent: null }
}

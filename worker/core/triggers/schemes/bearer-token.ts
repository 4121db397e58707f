import type { SignedCall } from './define-scheme'

const BEARER = /^bearer +(\S+)$/i

/** What stands behind `Bearer` in the Authorization header. */
export function bearerToken(call: SignedCall): string | null {
  return BEARER.exec(call.header('authorization') ?? '')?.[1] ?? null
}

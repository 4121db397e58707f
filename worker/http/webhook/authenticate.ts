import { Buffer } from 'node:buffer'
import type { ResolvedAuthentication } from '#core/release/endpoint-spec'
import { createHmacVerifier, createSecretComparer, type HmacAlgorithm } from '../../adapters/crypto/hmac'

/** Whether a call carries the right credentials. Answers, never throws; malformed ones are wrong ones. */
export type Authenticator = (headers: Headers, body: Uint8Array<ArrayBuffer>) => boolean | Promise<boolean>

const SIGNATURE_BYTES: Record<HmacAlgorithm, number> = { sha256: 32, sha512: 64 }
const BEARER = /^bearer +(\S+)$/i

/** Prepares the check of one endpoint: secrets are hashed and keys imported once, not per call. */
export function createAuthenticator(authentication: ResolvedAuthentication): Authenticator {
  switch (authentication.type) {
    case 'none':
      return () => true
    case 'unusable':
      return () => false
    case 'api_key': {
      const isKey = createSecretComparer(authentication.key)
      return (headers) => isKey(headers.get(authentication.header) ?? '')
    }
    case 'bearer': {
      const isToken = createSecretComparer(authentication.token)
      return (headers) => isToken(BEARER.exec(headers.get('authorization') ?? '')?.[1] ?? '')
    }
    case 'hmac':
      return hmacAuthenticator(authentication)
  }
}

function hmacAuthenticator(spec: Extract<ResolvedAuthentication, { type: 'hmac' }>): Authenticator {
  const verify = createHmacVerifier(spec.algorithm, spec.secret)
  const bytes = SIGNATURE_BYTES[spec.algorithm]
  const nothing = new Uint8Array(bytes)
  return async (headers, body) => {
    const value = headers.get(spec.header) ?? ''
    const signature = decodeSignature(
      spec.prefix !== '' && value.startsWith(spec.prefix) ? value.slice(spec.prefix.length) : value,
      bytes,
      spec.encoding,
    )
    // A malformed signature costs as much as a wrong one.
    const isRight = await verify(signature ?? nothing, body)
    return isRight && signature !== null
  }
}

/** The signature's bytes, or null unless the text is exactly one signature in an encoding that is allowed. */
function decodeSignature(
  text: string,
  bytes: number,
  encoding: 'hex' | 'base64' | 'any',
): Uint8Array<ArrayBuffer> | null {
  if (encoding !== 'base64' && text.length === bytes * 2 && /^[0-9a-f]+$/i.test(text)) {
    return new Uint8Array(Buffer.from(text, 'hex'))
  }
  if (encoding !== 'hex' && text.length === Math.ceil(bytes / 3) * 4 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)) {
    const decoded = new Uint8Array(Buffer.from(text, 'base64'))
    return decoded.length === bytes ? decoded : null
  }
  return null
}

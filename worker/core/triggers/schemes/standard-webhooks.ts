import { decodeBase64 } from '../../expression/base64'
import { defineScheme, type SignedCall } from './define-scheme'
import { sharedSecret, tolerance } from './fields'
import { fromSeconds } from './sent-at'
import { fromBase64 } from './signature-text'

const ID = /^[\x21-\x7e]{1,255}$/
const SIGNATURE = /^(v[0-9][a-z]?),([A-Za-z0-9+/]+={0,2})$/
const SIGNATURES_MAX = 10

export const standardWebhooks = defineScheme({
  type: 'standard_webhooks',
  title: 'Standard Webhooks, Svix',
  description: 'Signed as standardwebhooks.com says: webhook-signature or svix-signature over id, time and body.',
  config: { ...sharedSecret, ...tolerance },
  secrets: ['secret', 'previousSecret'],
  methods: ['POST'],
  keyOf(secret) {
    const key = decodeBase64(secret.replace(/^whsec_/, ''))
    return key === null || key.length === 0 ? null : key
  },
  claim({ toleranceSeconds }, call) {
    const read = headersOf(call)
    const id = read('id')
    const time = read('timestamp')
    const sentAt = fromSeconds(time)
    const signatures = signaturesIn(read('signature'))
    if (id === null || !ID.test(id) || sentAt === null || signatures.length === 0) return null
    const sent = { at: sentAt, toleranceMs: toleranceSeconds * 1_000 }
    return { kind: 'mac', algorithm: 'sha256', message: [`${id}.${time}.`, call.body], signatures, sent }
  },
  deliveryId: (_input, call) => headersOf(call)('id'),
})

/** All three headers are read in one of the two spellings. */
function headersOf(call: SignedCall): (name: string) => string | null {
  const prefix = call.header('webhook-signature') === null ? 'svix' : 'webhook'
  return (name) => call.header(`${prefix}-${name}`)
}

/** Those of version v1; none when anything in the list cannot be read. */
function signaturesIn(value: string | null): readonly Uint8Array[] {
  const written = value?.split(' ') ?? []
  if (written.length > SIGNATURES_MAX) return []
  const parts = written.map((text) => SIGNATURE.exec(text))
  if (parts.includes(null)) return []
  return parts
    .map((part) => (part?.[1] === 'v1' ? fromBase64(part[2] ?? '', 32) : null))
    .filter((bytes) => bytes !== null)
}

import * as z from 'zod'
import { isJsonObject, type Json } from '../../kernel/json'
import type { Claim } from './claim'
import { defineScheme, type SignedCall } from './define-scheme'
import { sharedSecret, tolerance } from './fields'
import { fromMilliseconds } from './sent-at'
import { fromBase64, fromHex } from './signature-text'

/** What HubSpot undoes in an address before it signs it, and nothing else. */
const UNDONE = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi
/** Ids of its events alone are documented as not unique. */
const EVENT_FIELDS = ['portalId', 'subscriptionId', 'eventId', 'occurredAt'] as const

export const hubspot = defineScheme({
  type: 'hubspot',
  title: 'HubSpot',
  description: 'Signed by HubSpot: X-HubSpot-Signature-v3 over method, address, body and time.',
  config: {
    version: z.enum(['v1', 'v2', 'v3']).default('v3').meta({
      description:
        'v1 covers the body only and v2 no time: both can be replayed. Choose them only for what sends no v3.',
    }),
    ...sharedSecret,
    ...tolerance,
  },
  secrets: ['secret', 'previousSecret'],
  methods: ['POST'],
  claim({ version, toleranceSeconds }, call) {
    if (version === 'v3') return timedClaim(call, toleranceSeconds * 1_000)
    const signature = fromHex(call.header('x-hubspot-signature') ?? '', 32)
    const covered = version === 'v2' ? [call.method, call.url] : []
    return signature === null ? null : { kind: 'hash', message: [...covered, call.body], signature }
  },
  deliveryId(input) {
    const events = (Array.isArray(input) ? input : [input]) as readonly Json[]
    const ids = events.map((event) => (isJsonObject(event) ? EVENT_FIELDS.map((name) => event[name] ?? null) : []))
    const areNamed = ids.length > 0 && ids.every((id) => id.length > 0 && id.every((part) => part !== null))
    return areNamed ? JSON.stringify(ids) : null
  },
})

function timedClaim(call: SignedCall, toleranceMs: number): Claim | null {
  const time = call.header('x-hubspot-request-timestamp')
  const sentAt = fromMilliseconds(time)
  const signature = fromBase64(call.header('x-hubspot-signature-v3') ?? '', 32)
  if (time === null || sentAt === null || signature === null) return null
  const address = call.url.replaceAll(UNDONE, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)))
  const message = [call.method, address, call.body, time]
  return { kind: 'mac', algorithm: 'sha256', message, signatures: [signature], sent: { at: sentAt, toleranceMs } }
}

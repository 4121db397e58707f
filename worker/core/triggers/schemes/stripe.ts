import { defineScheme } from './define-scheme'
import { sharedSecret, tolerance } from './fields'
import { fromSeconds } from './sent-at'
import { signatureList } from './signature-list'
import { fromHex } from './signature-text'
import { textField } from './text-field'

export const stripe = defineScheme({
  type: 'stripe',
  title: 'Stripe',
  description: 'Signed by Stripe: Stripe-Signature over time and body.',
  config: { ...sharedSecret, ...tolerance },
  secrets: ['secret', 'previousSecret'],
  methods: ['POST'],
  claim({ toleranceSeconds }, call) {
    const parts = signatureList(call.header('stripe-signature'))
    const [time, ...otherTimes] = parts?.get('t') ?? []
    const sentAt = fromSeconds(time ?? null)
    const signatures = (parts?.get('v1') ?? []).map((text) => fromHex(text, 32)).filter((bytes) => bytes !== null)
    if (time === undefined || sentAt === null || otherTimes.length > 0 || signatures.length === 0) return null
    const sent = { at: sentAt, toleranceMs: toleranceSeconds * 1_000 }
    return { kind: 'mac', algorithm: 'sha256', message: [`${time}.`, call.body], signatures, sent }
  },
  deliveryId: (input) => textField(input, 'id'),
})

import { defineScheme } from './define-scheme'
import { sharedSecret, tolerance } from './fields'
import { fromMilliseconds } from './sent-at'
import { signatureList } from './signature-list'
import { fromHex } from './signature-text'
import { textField } from './text-field'

export const zohoPayments = defineScheme({
  type: 'zoho_payments',
  title: 'Zoho Payments',
  description: 'Signed by Zoho Payments: X-ZohoWebhook-Signature over time and body.',
  config: { ...sharedSecret, ...tolerance },
  secrets: ['secret', 'previousSecret'],
  methods: ['POST'],
  claim({ toleranceSeconds }, call) {
    const parts = signatureList(call.header('x-zohowebhook-signature'))
    const [time, ...otherTimes] = parts?.get('t') ?? []
    const [text, ...otherTexts] = parts?.get('v') ?? []
    const sentAt = fromMilliseconds(time ?? null)
    const signature = fromHex(text ?? '', 32)
    if (time === undefined || sentAt === null || signature === null || otherTimes.length + otherTexts.length > 0) {
      return null
    }
    const sent = { at: sentAt, toleranceMs: toleranceSeconds * 1_000 }
    return { kind: 'mac', algorithm: 'sha256', message: [`${time}.`, call.body], signatures: [signature], sent }
  },
  deliveryId: (input) => textField(input, 'event_id'),
})

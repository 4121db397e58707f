import { defineScheme } from './define-scheme'
import { deliveryDedupe, sharedSecret, tolerance } from './fields'
import { fromIsoUtc } from './sent-at'
import { fromBase64 } from './signature-text'

export const zendesk = defineScheme({
  type: 'zendesk',
  title: 'Zendesk',
  description: 'Signed by Zendesk: X-Zendesk-Webhook-Signature over time and body.',
  config: { ...sharedSecret, ...tolerance, ...deliveryDedupe },
  secrets: ['secret', 'previousSecret'],
  methods: ['POST'],
  unsignedId: 'x-zendesk-webhook-invocation-id',
  claim({ toleranceSeconds }, call) {
    const time = call.header('x-zendesk-webhook-signature-timestamp')
    const sentAt = fromIsoUtc(time)
    const signature = fromBase64(call.header('x-zendesk-webhook-signature') ?? '', 32)
    if (time === null || sentAt === null || signature === null) return null
    const sent = { at: sentAt, toleranceMs: toleranceSeconds * 1_000 }
    return { kind: 'mac', algorithm: 'sha256', message: [time, call.body], signatures: [signature], sent }
  },
})

import { defineScheme } from './define-scheme'
import { sharedSecret, tolerance } from './fields'
import { fromSeconds } from './sent-at'
import { afterPrefix, fromHex } from './signature-text'
import { textField } from './text-field'

export const slack = defineScheme({
  type: 'slack',
  title: 'Slack',
  description: 'Signed by Slack: X-Slack-Signature over time and body. Its question for the address is answered.',
  config: { ...sharedSecret, ...tolerance },
  secrets: ['secret', 'previousSecret'],
  methods: ['POST'],
  claim({ toleranceSeconds }, call) {
    const time = call.header('x-slack-request-timestamp')
    const sentAt = fromSeconds(time)
    const signature = fromHex(afterPrefix(call.header('x-slack-signature') ?? '', 'v0=') ?? '', 32)
    if (sentAt === null || signature === null) return null
    const sent = { at: sentAt, toleranceMs: toleranceSeconds * 1_000 }
    return { kind: 'mac', algorithm: 'sha256', message: [`v0:${time}:`, call.body], signatures: [signature], sent }
  },
  // Commands and interactions have no id, but nothing is signed twice alike: each names what triggered it.
  deliveryId: (input, call) => textField(input, 'event_id') ?? call.header('x-slack-signature')?.toLowerCase() ?? null,
  handshake: (input) => (textField(input, 'type') === 'url_verification' ? textField(input, 'challenge') : null),
})

import { bodyMac } from './body-mac'
import { defineScheme } from './define-scheme'
import { bodyDedupe, sharedSecret } from './fields'
import { fromBase64 } from './signature-text'

export const zohoSign = defineScheme({
  type: 'zoho_sign',
  title: 'Zoho Sign',
  description: 'Signed by Zoho Sign: X-ZS-WEBHOOK-SIGNATURE over the body.',
  config: { ...sharedSecret, ...bodyDedupe },
  secrets: ['secret', 'previousSecret'],
  methods: ['POST'],
  claim: (_spec, call) => bodyMac(call, fromBase64(call.header('x-zs-webhook-signature') ?? '', 32)),
})

import { bodyMac } from './body-mac'
import { defineScheme } from './define-scheme'
import { deliveryDedupe, sharedSecret } from './fields'
import { afterPrefix, fromHex } from './signature-text'

export const github = defineScheme({
  type: 'github',
  title: 'GitHub',
  description: 'Signed by GitHub: X-Hub-Signature-256 over the body.',
  config: { ...sharedSecret, ...deliveryDedupe },
  secrets: ['secret', 'previousSecret'],
  methods: ['POST'],
  unsignedId: 'x-github-delivery',
  claim: (_spec, call) =>
    bodyMac(call, fromHex(afterPrefix(call.header('x-hub-signature-256') ?? '', 'sha256=') ?? '', 32)),
})

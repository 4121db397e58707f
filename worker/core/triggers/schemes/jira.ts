import { bodyMac } from './body-mac'
import { defineScheme } from './define-scheme'
import { deliveryDedupe, sharedSecret } from './fields'
import { afterPrefix, fromHex } from './signature-text'

export const jira = defineScheme({
  type: 'jira',
  title: 'Jira',
  description: 'Signed by Jira Cloud: X-Hub-Signature over the body, SHA-256 only.',
  config: { ...sharedSecret, ...deliveryDedupe },
  secrets: ['secret', 'previousSecret'],
  methods: ['POST'],
  unsignedId: 'x-atlassian-webhook-identifier',
  claim: (_spec, call) =>
    bodyMac(call, fromHex(afterPrefix(call.header('x-hub-signature') ?? '', 'sha256=') ?? '', 32)),
})

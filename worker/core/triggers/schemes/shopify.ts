import { bodyMac } from './body-mac'
import { defineScheme } from './define-scheme'
import { deliveryDedupe, sharedSecret } from './fields'
import { fromBase64 } from './signature-text'

export const shopify = defineScheme({
  type: 'shopify',
  title: 'Shopify',
  description: 'Signed by Shopify: X-Shopify-Hmac-SHA256 over the body. Shop and topic headers are not covered.',
  config: { ...sharedSecret, ...deliveryDedupe },
  secrets: ['secret', 'previousSecret'],
  methods: ['POST'],
  unsignedId: 'x-shopify-webhook-id',
  claim: (_spec, call) => bodyMac(call, fromBase64(call.header('x-shopify-hmac-sha256') ?? '', 32)),
})

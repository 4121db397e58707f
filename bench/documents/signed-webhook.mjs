import { createHmac, randomBytes } from 'node:crypto'

const secret = randomBytes(24).toString('base64url')

/** The variable that the trigger below reads. */
export const webhookVariables = { hook_secret: { value: secret, secret: true } }

/** A webhook trigger that wants an HMAC of the raw body. */
export const signedWebhook = (responseMode) => ({
  type: 'webhook',
  method: ['POST'],
  authentication: { type: 'hmac', algorithm: 'sha256', header: 'X-Signature', secret: '{{ vars.hook_secret }}' },
  responseMode,
})

/** The nth signed order for the webhook at `path`. */
export function signedOrder(path, n) {
  const body = JSON.stringify({
    orderId: `order-${n}`,
    amount: 99.99,
    currency: 'EUR',
    items: [{ sku: 'A-1', quantity: 2 }],
  })
  const signature = createHmac('sha256', secret).update(body).digest('hex')
  return { method: 'POST', path, headers: { 'content-type': 'application/json', 'x-signature': signature }, body }
}

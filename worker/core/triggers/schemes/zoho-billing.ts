import type { Message } from './claim'
import { defineScheme, type SignedCall } from './define-scheme'
import { bodyDedupe, sharedSecret } from './fields'
import { fromHex } from './signature-text'

export const zohoBilling = defineScheme({
  type: 'zoho_billing',
  title: 'Zoho Billing, Books and Expense',
  description: 'Signed by Zoho: X-Zoho-Webhook-Signature over the sorted parameters and the body.',
  config: { ...sharedSecret, ...bodyDedupe },
  secrets: ['secret', 'previousSecret'],
  methods: ['POST'],
  claim(_spec, call) {
    const signature = fromHex(call.header('x-zoho-webhook-signature') ?? '', 32)
    if (signature === null) return null
    return { kind: 'mac', algorithm: 'sha256', message: messageOf(call), signatures: [signature], sent: null }
  },
})

/** Parameters of query and form by name, each name followed by its value; then the body, unless it was the form. */
function messageOf(call: SignedCall): Message {
  const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(call.header('content-type') ?? '')
  const start = call.url.indexOf('?')
  const query = start < 0 ? '' : call.url.slice(start + 1)
  const pairs = [...new URLSearchParams(query)]
  if (isForm) pairs.push(...new URLSearchParams(new TextDecoder().decode(call.body)))
  const sorted = pairs.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const text = sorted.map(([name, value]) => name + value).join('')
  return isForm ? [text] : [text, call.body]
}

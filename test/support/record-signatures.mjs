// Signatures of provider libraries too large to be installed for every test run, as test/workerd/schemes/recorded.json keeps
// them: made or believed by the library itself. Run again with newer versions after
//   npm install --prefix <folder> @hubspot/api-client@14.0.1 @shopify/shopify-api@15.0.0 @slack/bolt@5.1.0 stripe@23.1.0
//   node test/support/record-signatures.mjs <folder>
import { createHmac } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const [folder = ''] = process.argv.slice(2)
const target = path.join(import.meta.dirname, '../workerd/schemes/recorded.json')

/** One library as it is installed under the folder, and its version. */
function library(name) {
  const base = path.resolve(folder, 'node_modules', name)
  const load = createRequire(path.join(base, 'package.json'))
  return { load, base, version: JSON.parse(readFileSync(path.join(base, 'package.json'), 'utf8')).version }
}

const secret = 'recorded-secret-0123456789'
const at = 1_700_000_000_000
const url = 'https://hooks.example.com/webhook/recorded'
const body = '[{"portalId":1,"subscriptionId":2,"eventId":3,"occurredAt":4,"note":"ü 🦊"}]'
const mac = (text, encoding) => createHmac('sha256', secret).update(text).digest(encoding)

function must(isTrue, what) {
  if (!isTrue) throw new Error(`${what} does not believe the signature that is recorded for it`)
}

function hubspot() {
  const { load, version } = library('@hubspot/api-client')
  const { Signature } = load('@hubspot/api-client')
  const wish = (timestamp) => ({ clientSecret: secret, requestBody: body, url, timestamp })
  const signatures = ['v1', 'v2', 'v3'].map((scheme) => {
    const signature = Signature.getSignature('POST', scheme, wish(at))
    const now = Date.now()
    const fresh = Signature.getSignature('POST', scheme, wish(now))
    must(Signature.isValid({ ...wish(now), method: 'POST', signatureVersion: scheme, signature: fresh }), 'HubSpot')
    return { sender: `hubspot ${scheme}`, signature }
  })
  return { library: '@hubspot/api-client', version, signatures }
}

async function shopify() {
  const { base, version } = library('@shopify/shopify-api')
  await import(path.join(base, 'dist/esm/adapters/node/index.mjs'))
  const { shopifyApi } = await import(path.join(base, 'dist/esm/lib/index.mjs'))
  const api = shopifyApi({
    apiKey: 'key',
    apiSecretKey: secret,
    hostName: 'hooks.example.com',
    apiVersion: '2026-07',
    isEmbeddedApp: false,
  })
  const signature = mac(body, 'base64')
  const headers = {
    'x-shopify-hmac-sha256': signature,
    'x-shopify-topic': 'orders/create',
    'x-shopify-shop-domain': 'shop.myshopify.com',
    'x-shopify-api-version': '2026-07',
    'x-shopify-webhook-id': 'b54557e4-bdd9-4b37-8a5f-bf7d70bcd043',
  }
  const judged = await api.webhooks.validate({
    rawBody: body,
    rawRequest: { method: 'POST', url: '/', headers },
    rawResponse: {},
  })
  must(judged.valid, 'Shopify')
  return { library: '@shopify/shopify-api', version, signatures: [{ sender: 'shopify', signature }] }
}

function slack() {
  const { load, base, version } = library('@slack/bolt')
  const { verifySlackRequest } = load(path.join(base, 'dist/receivers/verify-request.js'))
  const seconds = at / 1_000
  const signature = `v0=${mac(`v0:${seconds}:${body}`, 'hex')}`
  const headers = { 'x-slack-signature': signature, 'x-slack-request-timestamp': seconds }
  verifySlackRequest({ signingSecret: secret, body, headers, nowMilliseconds: at })
  return { library: '@slack/bolt', version, signatures: [{ sender: 'slack', signature }] }
}

function stripe() {
  const { load, version } = library('stripe')
  const loaded = load('stripe')
  const Stripe = loaded.default ?? loaded.Stripe ?? loaded
  const { webhooks } = new Stripe('sk_test_unused')
  const signature = webhooks.generateTestHeaderString({ payload: body, secret, timestamp: at / 1_000 })
  const now = webhooks.generateTestHeaderString({ payload: body, secret })
  must(Array.isArray(webhooks.constructEvent(body, now, secret)), 'Stripe')
  return { library: 'stripe', version, signatures: [{ sender: 'stripe', signature }] }
}

const recorded = { secret, at, url, body, libraries: [hubspot(), await shopify(), slack(), stripe()] }
writeFileSync(target, `${JSON.stringify(recorded, null, 2)}\n`)
process.stdout.write(`${recorded.libraries.map((one) => `${one.library} ${one.version}`).join(', ')}\n`)

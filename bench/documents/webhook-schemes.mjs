import { createHmac, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const ISSUER = 'https://issuer.bench.example'
const secret = randomBytes(24).toString('base64url')
const body = JSON.stringify({
  orderId: 'order-1',
  amount: 99.99,
  currency: 'EUR',
  items: [{ sku: 'A-1', quantity: 2 }],
})

/** The variable that the schemes below read. */
export const schemeVariables = { scheme_secret: { value: secret, secret: true } }

const written = '{{ vars.scheme_secret }}'

/** An issuer of tokens on loopback, which publishes its key: `{token, vars, stop()}`. */
export async function startIssuer() {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256' }] })
  const server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(keys),
  )
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const token = await new SignJWT({ iss: ISSUER, aud: 'bench', sub: 'bench' })
    .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey)
  return {
    token,
    vars: { MILLRACE_DEV_HOST_MAP: `issuer.bench.example=http://127.0.0.1:${server.address().port}` },
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Ways to prove a sender, by name: what a trigger writes, and the headers of a call. */
export const webhookSchemes = ({ token }) => ({
  none: { authentication: { type: 'none' }, headers: () => ({}) },
  hmac: {
    authentication: { type: 'hmac', secret: written },
    headers: () => ({ 'x-signature': createHmac('sha256', secret).update(body).digest('hex') }),
  },
  api_key: { authentication: { type: 'api_key', key: written }, headers: () => ({ 'x-api-key': secret }) },
  bearer: {
    authentication: { type: 'bearer', token: written },
    headers: () => ({ authorization: `Bearer ${secret}` }),
  },
  oauth: {
    authentication: { type: 'oauth', issuer: ISSUER, audience: 'bench', jwksUri: `${ISSUER}/keys` },
    headers: () => ({ authorization: `Bearer ${token}` }),
  },
})

/** A call of one of them; they differ in nothing but their proof. */
export const provenOrder = (path, { headers }) => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json', ...headers() },
  body,
})

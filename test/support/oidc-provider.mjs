// An OpenID provider in a process of its own: it publishes its keys, signs what it is asked to, and changes its keys.
//   node test/support/oidc-provider.mjs --port 0 --issuer https://issuer.example
// Prints {"listening":port,"url":…}. The documents are at /.well-known/openid-configuration and /keys.
// POST /_token {"claims"?,"header"?,"kid"?} signs a token of the current key, or of one that was published once;
// POST /_rotate {"keep":true} publishes a new key, beside the old ones or instead of them; POST /_down {"down":true} answers
// the documents with 503; GET /_asked tells which documents were asked for.
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const { values } = parseArgs({
  options: { port: { type: 'string', default: '0' }, issuer: { type: 'string', default: 'https://issuer.example' } },
})
const { issuer } = values

/** Every key there ever was, by id, and the ids that are published now. The last one signs. */
const keys = new Map()
let published = []
let isDown = false
const asked = []

async function newKey() {
  const pair = await generateKeyPair('RS256', { extractable: true })
  const kid = `key-${keys.size + 1}`
  keys.set(kid, { ...pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256', use: 'sig' } })
  return kid
}

async function token({ claims = {}, header = {}, kid = published.at(-1) }) {
  const at = Math.floor(Date.now() / 1_000)
  return new SignJWT({ iss: issuer, sub: 'service', iat: at, exp: at + 600, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid, ...header })
    .sign(keys.get(kid).privateKey)
}

const documents = {
  '/.well-known/openid-configuration': () => ({ issuer, jwks_uri: `${issuer}/keys` }),
  '/keys': () => ({ keys: published.map((kid) => keys.get(kid).jwk) }),
}

const control = {
  'POST /_token': async (wish) => ({ token: await token(wish) }),
  'POST /_rotate': async ({ keep = false }) => {
    const kid = await newKey()
    published = keep ? [...published, kid] : [kid]
    return { kid }
  },
  'POST /_down': ({ down }) => {
    isDown = down
    return { down }
  },
  'GET /_asked': () => ({ asked }),
}

async function receive(request, text) {
  const { pathname: path } = new URL(request.url, 'http://provider')
  const controlled = control[`${request.method} ${path}`]
  if (controlled !== undefined) return [200, await controlled(text === '' ? {} : JSON.parse(text))]
  if (request.method !== 'GET' || !Object.hasOwn(documents, path)) return [404, {}]
  asked.push(path)
  return isDown ? [503, {}] : [200, documents[path]()]
}

async function answer(request, response, text) {
  const [status, body] = await receive(request, text).catch((error) => [500, { error: String(error) }])
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => void answer(request, response, Buffer.concat(chunks).toString('utf8')))
  for (const stream of [request, response]) stream.on('error', () => undefined)
})

published = [await newKey()]
server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = server.address()
  process.stdout.write(`${JSON.stringify({ listening: port, url: `http://127.0.0.1:${port}` })}\n`)
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))

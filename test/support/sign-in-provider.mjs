// Stands in for the places people sign in with, in a process of its own: Google under /google (OpenID Connect), GitHub under
// /github and /api (OAuth 2.0 and its API).
//   node test/support/sign-in-provider.mjs --port 0
// Prints {"listening":port,"url":…}. POST /_authorize {"url","person","twist"?} is the person in front of a browser: it answers
// where the provider would send them back. A twist spoils what follows: see `twists`. POST /_rotate replaces the signing key;
// GET /_asked tells what was asked for.
import { createHash, randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const GOOGLE = 'https://accounts.google.com'
const GITHUB = 'https://github.com/login/oauth'
const CLIENTS = { google: ['google-client', 'google-secret'], github: ['github-client', 'github-secret'] }

const newKey = async () => ({ ...(await generateKeyPair('RS256')), kid: randomUUID() })
let key = await newKey()
const strange = await newKey()

/** Codes and access tokens, each good once, with what they stand for. */
const codes = new Map()
const tokens = new Map()
const asked = []

/** What an id token says instead of the truth. */
const twists = {
  wrong_nonce: { nonce: 'another' },
  no_nonce: { nonce: undefined },
  wrong_issuer: { iss: 'https://elsewhere.example' },
  wrong_audience: { aud: 'somebody-else' },
  expired: { iat: 1, exp: 2 },
  unconfirmed: { email_verified: false },
  no_email: { email: undefined },
}

function authorize({ url, person, twist = '' }) {
  const { pathname, searchParams: asked } = new URL(url)
  const provider = pathname.startsWith('/login') ? 'github' : 'google'
  const back = new URL(asked.get('redirect_uri'))
  const answer = { state: asked.get('state'), iss: provider === 'google' ? GOOGLE : GITHUB }
  if (twist === 'denied') Object.assign(answer, { error: 'access_denied', error_description: '<b>no</b>' })
  else {
    const code = randomUUID()
    codes.set(code, { provider, person, twist, asked: Object.fromEntries(asked) })
    Object.assign(answer, { code })
  }
  for (const [name, value] of Object.entries(answer)) back.searchParams.set(name, value)
  return { url: back.href, asked: Object.fromEntries(asked) }
}

async function idToken({ person, twist, asked }) {
  const { privateKey, kid } = twist === 'strange_key' ? strange : key
  const at = Math.floor(Date.now() / 1_000)
  const claims = {
    iss: GOOGLE,
    sub: person.subject,
    aud: asked.client_id,
    iat: at,
    exp: at + 600,
    email: person.email,
    email_verified: true,
    nonce: asked.nonce,
    ...twists[twist],
  }
  // A key nobody published, under the name of one that is.
  const header = { alg: 'RS256', kid: twist === 'strange_key' ? key.kid : kid }
  const token = await new SignJWT(claims).setProtectedHeader(header).sign(privateKey)
  if (twist !== 'unsigned') return token
  return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${token.split('.')[1]}.`
}

async function exchange(provider, form) {
  const granted = codes.get(form.get('code'))
  const refused = provider === 'github' ? [200, { error: 'bad_verification_code' }] : [400, { error: 'invalid_grant' }]
  codes.delete(form.get('code'))
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url')
  const [id, secret] = CLIENTS[provider]
  const isRight =
    granted?.provider === provider &&
    granted.asked.code_challenge_method === 'S256' &&
    granted.asked.code_challenge === challenge &&
    granted.asked.redirect_uri === form.get('redirect_uri') &&
    form.get('client_id') === id &&
    form.get('client_secret') === secret
  if (!isRight) return refused
  if (granted.twist === 'down') return [500, '<h1>Sorry</h1>']
  if (granted.twist === 'silent') return null
  if (granted.twist === 'huge') return [200, { access_token: 'x'.repeat(400_000), token_type: 'bearer' }]
  const accessToken = randomUUID()
  tokens.set(accessToken, granted)
  const answer = { access_token: accessToken, token_type: 'bearer', scope: granted.asked.scope }
  return [200, provider === 'google' ? { ...answer, id_token: await idToken(granted) } : answer]
}

const asGoogle = {
  '/.well-known/openid-configuration': () => ({
    issuer: GOOGLE,
    authorization_endpoint: `${GOOGLE}/o/oauth2/v2/auth`,
    token_endpoint: `${GOOGLE}/token`,
    jwks_uri: `${GOOGLE}/certs`,
    response_types_supported: ['code'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
  }),
  '/certs': async () => ({
    keys: [{ ...(await exportJWK(key.publicKey)), kid: key.kid, alg: 'RS256', use: 'sig' }],
  }),
}

const asGithubApi = {
  '/user': ({ person }) => ({ id: Number(person.subject), login: 'octocat' }),
  '/user/emails': ({ person, twist }) => [
    { email: 'old@example.com', primary: false, verified: true },
    { email: person.email, primary: true, verified: twist !== 'unconfirmed' },
  ],
}

async function receive(request, text) {
  const { pathname: path } = new URL(request.url, 'http://provider')
  if (path === '/_authorize') return [200, authorize(JSON.parse(text))]
  if (path === '/_rotate') return [200, { kid: (key = await newKey()).kid }]
  if (path === '/_asked') return [200, { asked }]
  asked.push(path)
  const [, place, ...rest] = path.split('/')
  const below = `/${rest.join('/')}`
  if (place === 'google' && Object.hasOwn(asGoogle, below)) return [200, await asGoogle[below]()]
  if (path === '/google/token') return exchange('google', new URLSearchParams(text))
  if (path === '/github/login/oauth/access_token') return exchange('github', new URLSearchParams(text))
  const granted = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''))
  if (place !== 'api' || !Object.hasOwn(asGithubApi, below)) return [404, {}]
  if (granted === undefined || request.headers['user-agent'] === undefined) return [401, { message: 'Bad credentials' }]
  return [200, asGithubApi[below](granted)]
}

async function answer(request, response, text) {
  const given = await receive(request, text).catch((error) => [400, { error: String(error) }])
  if (given === null) return
  const [status, body] = given
  response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' })
  response.end(typeof body === 'string' ? body : JSON.stringify(body))
}

const server = createServer((request, response) => {
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => void answer(request, response, Buffer.concat(chunks).toString('utf8')))
  for (const stream of [request, response]) stream.on('error', () => undefined)
})
server.listen(Number(values.port), '127.0.0.1', () => {
  const { port } = server.address()
  process.stdout.write(`${JSON.stringify({ listening: port, url: `http://127.0.0.1:${port}` })}\n`)
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0))

import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import type { HttpAnswer, HttpRequest } from '#core/components/context'
import { createTokenVerifier } from '../../../worker/adapters/crypto/token-verifier'
import { createKeySets } from '../../../worker/adapters/net/key-sets'
import { NOW } from './now'

export const PUBSUB_ACCOUNT = 'push@project.iam.gserviceaccount.com'
export const ISSUER_URL = 'https://issuer.example'
const GOOGLE_URL = 'https://www.googleapis.com/oauth2/v3/certs'

type Pair = Awaited<ReturnType<typeof generateKeyPair>>
type Key = Pair & { readonly kid: string; readonly alg: string }

export type TokenWish = JWTPayload & { readonly header?: Readonly<Record<string, unknown>>; readonly key?: Key }

export async function newKey(kid: string, alg = 'RS256'): Promise<Key> {
  return { ...(await generateKeyPair(alg, { extractable: true })), kid, alg }
}

let first: Promise<Key> | null = null
/** Every issuer begins with this one; making keys is slow. */
const firstKey = () => (first ??= newKey('key-1'))

/** An issuer of tokens whose documents are fetched through `send`; what it publishes can be changed and taken away. */
export function createIssuer() {
  let keys: Promise<readonly Key[]> | null = null
  const published = () => (keys ??= firstKey().then((key) => [key]))
  const asked: string[] = []
  let isDown = false
  const seconds = Math.floor(NOW / 1_000)

  async function token({ header = {}, key, ...claims }: TokenWish = {}): Promise<string> {
    const [current] = await published()
    const { kid, alg, privateKey } = key ?? current!
    const payload = { iss: ISSUER_URL, sub: 'service', iat: seconds, exp: seconds + 3_600, ...claims }
    return new SignJWT(payload)
      .setProtectedHeader({ alg, kid, ...header })
      .sign(privateKey, { crit: { 'urn:x': true } })
  }

  async function send({ url }: HttpRequest): Promise<HttpAnswer> {
    asked.push(url)
    if (isDown) return answer(503, {})
    if (url === `${ISSUER_URL}/.well-known/openid-configuration`) {
      return answer(200, { issuer: ISSUER_URL, jwks_uri: `${ISSUER_URL}/keys` })
    }
    if (url !== `${ISSUER_URL}/keys` && url !== GOOGLE_URL) return answer(404, {})
    const jwks = (await published()).map(async ({ publicKey, kid, alg }) => ({
      ...(await exportJWK(publicKey)),
      kid,
      alg,
    }))
    return answer(200, { keys: await Promise.all(jwks) })
  }

  return {
    url: ISSUER_URL,
    asked,
    token,
    send,
    googleToken: (aud: string | string[], claims: TokenWish = {}) =>
      token({ iss: 'https://accounts.google.com', aud, email: PUBSUB_ACCOUNT, email_verified: true, ...claims }),
    publish: (...now: Key[]) => {
      keys = Promise.resolve(now)
    },
    keys: published,
    goDown: (down: boolean) => {
      isDown = down
    },
  }
}

function answer(status: number, body: unknown): HttpAnswer {
  return { kind: 'response', status, headers: {}, text: JSON.stringify(body), durationMs: 1 }
}

/** The issuer that senders use unless a test is about issuers. */
export const issuer = createIssuer()

/** The verifier that ships, over an issuer's documents. */
export function verifierOf(of: ReturnType<typeof createIssuer>, clock: () => number = () => NOW) {
  const keySets = createKeySets({ send: of.send, clock, sleep: async () => undefined })
  return createTokenVerifier({ keySets, clock })
}

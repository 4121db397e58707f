import * as oauth from 'oauth4webapi'
import * as z from 'zod'
import { EmailShape } from '#core/contract/email-shape'
import { err, ok } from '#core/kernel/result'
import type { SignInProvider } from '../../ports/sign-in-provider'
import { authorizationAddress } from './authorization-address'
import type { ProviderDeps } from './provider-deps'
import { createProviderFetch, ProviderAway } from './provider-fetch'
import { toSignInProblem } from './to-sign-in-problem'

/** As GitHub calls itself in its answers (`iss`, RFC 9207). */
const ISSUER = 'https://github.com/login/oauth'
const SERVER = {
  issuer: ISSUER,
  authorization_endpoint: `${ISSUER}/authorize`,
  token_endpoint: `${ISSUER}/access_token`,
}
const API = 'https://api.github.com'

const User = z.object({ id: z.int().positive() })
const Emails = z.array(z.object({ email: z.string(), primary: z.boolean(), verified: z.boolean() }))

/** GitHub, by OAuth 2.0: it signs nothing about people, so its API is asked with the token it gave, which is then forgotten. */
export function createGithub({ clientId, clientSecret, send, report }: ProviderDeps): SignInProvider {
  const client = { client_id: clientId }
  const fetch = createProviderFetch(send)
  const options = { [oauth.customFetch]: fetch }

  async function read<T>(path: string, accessToken: string, schema: z.ZodType<T>): Promise<T> {
    const headers = {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${accessToken}`,
      'x-github-api-version': '2022-11-28',
    }
    const response = await fetch(API + path, { method: 'GET', headers, body: null })
    const parsed = response.status === 200 ? schema.safeParse(await response.json().catch(() => null)) : null
    if (parsed?.success !== true) throw new ProviderAway(`${path} answered ${response.status}`)
    return parsed.data
  }

  return {
    id: 'github',
    name: 'GitHub',
    addressFor: (binding) =>
      authorizationAddress(SERVER.authorization_endpoint, clientId, binding, { scope: 'user:email' }),
    async identify(query, { redirectUri, state, verifier }) {
      try {
        const answer = oauth.validateAuthResponse(SERVER, client, new URLSearchParams(query), state)
        const secret = oauth.ClientSecretPost(clientSecret)
        const response = await oauth.authorizationCodeGrantRequest(
          SERVER,
          client,
          secret,
          answer,
          redirectUri,
          verifier,
          options,
        )
        const { access_token: accessToken } = await oauth.processAuthorizationCodeResponse(SERVER, client, response)
        const user = await read('/user', accessToken, User)
        const emails = await read('/user/emails', accessToken, Emails)
        const email = EmailShape.safeParse(emails.find(({ primary, verified }) => primary && verified)?.email)
        if (!email.success) return err('unconfirmed')
        return ok({ provider: 'github', issuer: ISSUER, subject: String(user.id), email: email.data })
      } catch (error) {
        return err(toSignInProblem(error, 'github', report))
      }
    },
  }
}

import * as oauth from 'oauth4webapi'
import * as z from 'zod'
import { EmailShape } from '#core/contract/email-shape'
import { err, ok } from '#core/kernel/result'
import type { SignInProvider } from '../../ports/sign-in-provider'
import { authorizationAddress } from './authorization-address'
import type { ProviderDeps } from './provider-deps'
import { createProviderFetch } from './provider-fetch'
import { toSignInProblem } from './to-sign-in-problem'

const ISSUER = new URL('https://accounts.google.com')
const FRESH_MS = 10 * 60_000

const Claims = z.object({ sub: z.string().min(1), email: EmailShape, email_verified: z.literal(true) })

type Discovered = { readonly server: oauth.AuthorizationServer; readonly at: number }

/**
 * Google, by OpenID Connect: its discovery document says where, its key set who signed. The keys are asked for at each
 * sign-in, so that a new one counts at once.
 */
export function createGoogle({ clientId, clientSecret, send, clock, report }: ProviderDeps): SignInProvider {
  const client = { client_id: clientId, id_token_signed_response_alg: 'RS256' }
  const options = { [oauth.customFetch]: createProviderFetch(send) }
  let discovered: Discovered | null = null

  async function serverOf(): Promise<oauth.AuthorizationServer> {
    if (discovered !== null && clock() - discovered.at < FRESH_MS) return { ...discovered.server }
    const response = await oauth.discoveryRequest(ISSUER, options)
    const server = await oauth.processDiscoveryResponse(ISSUER, response)
    discovered = { server, at: clock() }
    return { ...server }
  }

  return {
    id: 'google',
    name: 'Google',
    async addressFor(binding) {
      try {
        const { authorization_endpoint: endpoint } = await serverOf()
        if (endpoint === undefined) return null
        const more = { scope: 'openid email', nonce: binding.nonce, prompt: 'select_account' }
        return await authorizationAddress(endpoint, clientId, binding, more)
      } catch (error) {
        toSignInProblem(error, 'google', report)
        return null
      }
    },
    async identify(query, { redirectUri, state, nonce, verifier }) {
      try {
        const server = await serverOf()
        const answer = oauth.validateAuthResponse(server, client, new URLSearchParams(query), state)
        const secret = oauth.ClientSecretPost(clientSecret)
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          client,
          secret,
          answer,
          redirectUri,
          verifier,
          options,
        )
        const expected = { expectedNonce: nonce, requireIdToken: true }
        const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, expected)
        await oauth.validateApplicationLevelSignature(server, response, options)
        const claims = Claims.safeParse(oauth.getValidatedIdTokenClaims(tokens))
        if (!claims.success) return err('unconfirmed')
        const { sub: subject, email } = claims.data
        return ok({ provider: 'google', issuer: server.issuer, subject, email })
      } catch (error) {
        return err(toSignInProblem(error, 'google', report))
      }
    },
  }
}

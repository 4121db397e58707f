import { calculatePKCECodeChallenge } from 'oauth4webapi'
import type { SignInBinding } from '../../ports/sign-in-provider'

/** Where the browser is sent to prove who it is: code flow, bound by state and PKCE. */
export async function authorizationAddress(
  endpoint: string,
  clientId: string,
  { redirectUri, state, verifier }: SignInBinding,
  more: Readonly<Record<string, string>>,
): Promise<string> {
  const url = new URL(endpoint)
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...more,
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

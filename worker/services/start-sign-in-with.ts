import type { SignInProvider } from '../ports/sign-in-provider'
import type { AccountDeps, Visitor } from './accounts'
import { AppError } from './app-error'
import type { Caller } from './caller'
import { requirePerson } from './own-account'
import { type BoundFlow, newBinding, redirectUriOf } from './sign-in-flow'
import { issueTicket } from './sign-in-ticket'

/** Where the browser goes, and what it must bring back. */
export type StartedFlow = { readonly url: string; readonly ticket: string }

type About<F extends BoundFlow> = F extends BoundFlow ? Omit<F, 'provider' | 'state' | 'nonce' | 'verifier'> : never

/** The provider, or a refusal: what is not set up is not there. */
export function requireProvider({ signInProviders }: Pick<AccountDeps, 'signInProviders'>, id: string): SignInProvider {
  const provider = signInProviders.get(id)
  if (provider === undefined) throw new AppError('provider_unavailable')
  return provider
}

/** Sends somebody to a provider to sign in, or sign up. */
export function startSignInWith(
  deps: AccountDeps,
  visitor: Visitor,
  providerId: string,
  { next, invitation }: { readonly next?: string | undefined; readonly invitation?: string | undefined },
): Promise<StartedFlow> {
  return start(deps, visitor, providerId, { purpose: 'sign_in', next: next ?? null, invitation: invitation ?? null })
}

/**
 * Sends who is signed in to a provider to connect an account there. It is another way into theirs, so their password is
 * asked for, as for a second factor.
 */
export async function startConnecting(
  deps: AccountDeps,
  visitor: Visitor,
  caller: Caller,
  { provider, password }: { readonly provider: string; readonly password: string },
): Promise<StartedFlow> {
  const { id, email } = requirePerson(caller)
  requireProvider(deps, provider)
  const user = await deps.identity.findUser(email)
  if (!(await deps.passwords.verify(password, user?.passwordHash ?? ''))) throw new AppError('password_wrong')
  return start(deps, visitor, provider, { purpose: 'connect', userId: id })
}

async function start(
  deps: AccountDeps,
  { origin }: Visitor,
  providerId: string,
  about: About<BoundFlow>,
): Promise<StartedFlow> {
  const provider = requireProvider(deps, providerId)
  const binding = newBinding(deps.randomBytes)
  const url = await provider.addressFor({ ...binding, redirectUri: redirectUriOf(origin, providerId) })
  if (url === null) throw new AppError('provider_away')
  return { url, ticket: await issueTicket(deps, { ...about, ...binding, provider: providerId }) }
}

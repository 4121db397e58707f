import { encodeBytes } from '#core/kernel/crockford'
import { isSameText } from '#core/release/is-same-text'
import type { LinkedIdentity } from '../ports/linked-identity-store'
import type { SignInProblem } from '../ports/sign-in-provider'
import type { AccountDeps, Visitor } from './accounts'
import { AppError } from './app-error'
import { connectIdentity } from './connect-identity'
import { join, joinAs } from './join'
import { newIdentity, newPerson, recordConnected } from './new-person'
import { type OpenedSession, openSession } from './open-session'
import { type BoundFlow, redirectUriOf } from './sign-in-flow'
import { issueTicket, readOpenTicket } from './sign-in-ticket'
import { requireProvider } from './start-sign-in-with'

type Way = Extract<BoundFlow, { purpose: 'sign_in' }>

/** How somebody who came back from a provider goes on. */
export type Returned =
  | { readonly kind: 'opened'; readonly session: OpenedSession; readonly next: string | null }
  | { readonly kind: 'connected'; readonly provider: string }
  | {
      readonly kind: 'asked'
      readonly what: 'code' | 'organization'
      readonly ticket: string
      readonly next: string | null
    }

const CODES = {
  cancelled: 'sign_in_cancelled',
  refused: 'sign_in_not_proven',
  away: 'provider_away',
  unconfirmed: 'provider_email_unconfirmed',
} as const satisfies Record<SignInProblem, string>

/**
 * Takes what a provider sent the browser back with. Counts only in the browser that started it, at the provider it was
 * started with, once; everything else of it is the provider's to prove.
 */
export async function returnFromProvider(
  deps: AccountDeps,
  visitor: Visitor,
  came: { readonly provider: string; readonly query: string; readonly ticket: string | null },
): Promise<Returned> {
  const provider = requireProvider(deps, came.provider)
  const { flow, use } = await readOpenTicket(deps, came.ticket, ['sign_in', 'connect'])
  const isOurs = isSameText(new URLSearchParams(came.query).get('state') ?? '', flow.state)
  // A state of another flow uses nothing up: whoever sent it here cannot end this one.
  if (!isOurs || flow.provider !== came.provider) throw new AppError('sign_in_ended')
  await use()
  const redirectUri = redirectUriOf(visitor.origin, provider.id)
  const proven = await provider.identify(came.query, { ...flow, redirectUri })
  if (!proven.ok) throw new AppError(CODES[proven.error])
  if (flow.purpose === 'sign_in') return enter(deps, visitor, flow, proven.value)
  await connectIdentity(deps, visitor, flow.userId, proven.value)
  return { kind: 'connected', provider: provider.id }
}

async function enter(deps: AccountDeps, visitor: Visitor, flow: Way, identity: LinkedIdentity): Promise<Returned> {
  const { next, invitation } = flow
  const user = await deps.linkedIdentities.findUser(identity.issuer, identity.subject)
  if (user === null) return welcome(deps, visitor, flow, identity)
  const factor = await deps.secondFactors.find(user.id)
  if (factor !== null && factor.confirmedAt !== null) return askFor(deps, 'code', flow, identity)
  if (invitation !== null) await join(deps, user, invitation)
  await deps.linkedIdentities.touch(identity, deps.clock())
  return { kind: 'opened', session: await openSession(deps, visitor, user), next }
}

/** Somebody new. An address that has an account here opens nothing: whoever owns it connects the two from inside. */
async function welcome(deps: AccountDeps, visitor: Visitor, flow: Way, identity: LinkedIdentity): Promise<Returned> {
  const { next, invitation } = flow
  if ((await deps.identity.findUser(identity.email)) !== null) throw new AppError('identity_not_connected')
  if (invitation === null) return askFor(deps, 'organization', flow, identity)
  const user = newPerson(deps, identity)
  const { organizationId } = await joinAs(deps, user, invitation, newIdentity(deps, identity))
  await recordConnected(deps, user, organizationId, identity.provider)
  return { kind: 'opened', session: await openSession(deps, visitor, user), next }
}

async function askFor(
  deps: AccountDeps,
  what: 'code' | 'organization',
  { next, invitation }: Way,
  identity: LinkedIdentity,
): Promise<Returned> {
  const secret = encodeBytes(deps.randomBytes(32))
  const ticket = await issueTicket(deps, { purpose: 'finish', next, invitation, secret, identity })
  return { kind: 'asked', what, ticket, next }
}

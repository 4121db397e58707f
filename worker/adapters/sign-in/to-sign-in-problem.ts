import { AuthorizationResponseError } from 'oauth4webapi'
import type { SignInProblem } from '../../ports/sign-in-provider'
import type { ProviderDeps } from './provider-deps'
import { ProviderAway } from './provider-fetch'

type Told = { readonly problem: SignInProblem; readonly reason: string }

/**
 * What an exception on the way means to the person; the operators are told the reason, unless it was the person's own wish.
 * Throws it again when it is nobody's answer but a fault of ours.
 */
export function toSignInProblem(error: unknown, provider: string, report: ProviderDeps['report']): SignInProblem {
  const told = meaningOf(error)
  if (told === null) throw error
  if (told.problem !== 'cancelled') report('sign_in_not_proven', { provider, reason: told.reason })
  return told.problem
}

function meaningOf(error: unknown): Told | null {
  if (error instanceof ProviderAway) return { problem: 'away', reason: error.message }
  if (error instanceof AuthorizationResponseError) return ofAnswer(error.error)
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' ? { problem: 'refused', reason: code } : null
}

/** RFC 6749, 4.1.2.1. The code came through the browser: it is compared, never repeated. */
function ofAnswer(code: string): Told {
  if (code === 'access_denied') return { problem: 'cancelled', reason: code }
  if (code === 'server_error' || code === 'temporarily_unavailable') return { problem: 'away', reason: code }
  return { problem: 'refused', reason: 'authorization_error' }
}

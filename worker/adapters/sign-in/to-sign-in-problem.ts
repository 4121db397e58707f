import { AuthorizationResponseError } from 'oauth4webapi'
import type { SignInProblem } from '../../ports/sign-in-provider'
import { ProviderAway } from './provider-fetch'

export type Told = { readonly problem: SignInProblem; readonly reason: string }

/** What an exception on the way means, and why in words for the operators. Null: it is nobody's answer but a fault of ours. */
export function toSignInProblem(error: unknown): Told | null {
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

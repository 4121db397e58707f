import type { Operation } from '#core/contract/operation'
import type { Visitor } from '../services/accounts'
import type { Call } from './handler'
import { readSessionCookie } from './session-cookie'

/** Where a request about an account comes from. */
export function visitorOf({
  accounts,
  request,
  cookie,
}: Pick<Call<Operation>, 'accounts' | 'request' | 'cookie'>): Visitor {
  return {
    origin: accounts.originOf(request.url),
    device: request.headers.get('user-agent'),
    sessionToken: readSessionCookie(request, cookie),
  }
}

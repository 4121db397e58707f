import type { Operation } from '#core/contract/operation'
import { AppError } from '../../services/app-error'
import { finishSignInWith } from '../../services/finish-sign-in-with'
import { returnFromProvider } from '../../services/return-from-provider'
import { readTicket, SIGN_IN_FLOW_MS } from '../../services/sign-in-flow'
import { requireProvider, startSignInWith } from '../../services/start-sign-in-with'
import type { Call, SomeHandlers } from '../handler'
import { opened, sessionBody } from '../session-body'
import { type CookiePolicy, readSessionCookie, sessionCookie } from '../session-cookie'
import { pageAfterProblem, pageAfterReturn } from '../sign-in-pages'
import { slowDown } from '../slow-down'
import { visitorOf } from '../visitor'

type Names = 'listSignInProviders' | 'startSignInWith' | 'returnFromProvider' | 'finishSignInWith'

export const signInWithHandlers: SomeHandlers<Names> = {
  async listSignInProviders({ accounts }) {
    const items = [...accounts.signInProviders.values()].map(({ id, name }) => ({ id, name }))
    return { status: 200, body: { items, nextCursor: null } }
  },
  async startSignInWith(call) {
    const { accounts, params, body } = call
    requireProvider(accounts, params.provider)
    await slowDown(call)
    const { url, ticket } = await startSignInWith(accounts, visitorOf(call), params.provider, body)
    return { status: 200, body: { url }, headers: ticketHeader(call, ticket) }
  },
  async returnFromProvider(call) {
    const { accounts, params, request } = call
    requireProvider(accounts, params.provider)
    const origin = accounts.originOf(request.url)
    const ticket = ticketOf(call)
    const came = { provider: params.provider, query: new URL(request.url).search, ticket }
    try {
      await slowDown(call)
      const returned = await returnFromProvider(accounts, visitorOf(call), came)
      return seeOther(pageAfterReturn(returned, origin), headersAfter(call, returned))
    } catch (error) {
      if (!(error instanceof AppError)) accounts.background(Promise.reject(error))
      const code = error instanceof AppError ? error.code : 'internal'
      return seeOther(pageAfterProblem(code, readTicket(ticket), origin))
    }
  },
  async finishSignInWith(call) {
    await slowDown(call)
    const session = await finishSignInWith(call.accounts, visitorOf(call), ticketOf(call), call.body)
    return { status: 200, body: sessionBody(session), headers: opened(call.cookie, session) }
  },
}

type Inputs = Pick<Call<Operation>, 'request' | 'cookie'>

/** Beside the session's, and as hard to reach: for this host only, over https only, for no script. */
function ticketPolicy({ name, isSecure }: CookiePolicy): CookiePolicy {
  return { name: name.replace('session', 'sign_in'), isSecure }
}

function ticketOf({ request, cookie }: Inputs): string | null {
  return readSessionCookie(request, ticketPolicy(cookie))
}

/** Gives the browser what it must bring back. */
export function ticketHeader({ cookie }: Inputs, ticket: string): Readonly<Record<string, string>> {
  return { 'set-cookie': sessionCookie(ticketPolicy(cookie), ticket, SIGN_IN_FLOW_MS / 1_000) }
}

function headersAfter(call: Inputs, returned: Awaited<ReturnType<typeof returnFromProvider>>) {
  if (returned.kind === 'opened') return opened(call.cookie, returned.session)
  return returned.kind === 'asked' ? ticketHeader(call, returned.ticket) : {}
}

function seeOther(location: string, headers: Readonly<Record<string, string>> = {}) {
  return { status: 303, body: null, headers: { ...headers, location } } as const
}

import type { ErrorCode } from '#core/contract/errors'
import type { Returned } from '../services/return-from-provider'
import type { SignInFlow } from '../services/sign-in-flow'

const START = '/executions'
const SIGN_IN = '/sign-in'
const ACCOUNT = '/settings/account'

/** Where somebody goes on who came back from a provider. */
export function pageAfterReturn(returned: Returned, origin: string): string {
  if (returned.kind === 'connected') return pageOf(origin, ACCOUNT, { connected: returned.provider })
  if (returned.kind === 'opened') return pageOf(origin, returned.next ?? START)
  return pageOf(origin, SIGN_IN, { finish: returned.what, ...(returned.next !== null && { next: returned.next }) })
}

/** The page that says what went wrong: it is told a code of ours, and nothing of what came. */
export function pageAfterProblem(problem: ErrorCode, flow: SignInFlow | null, origin: string): string {
  if (flow?.purpose === 'connect') return pageOf(origin, ACCOUNT, { problem })
  const next = flow?.next ?? null
  return pageOf(origin, SIGN_IN, { problem, ...(next !== null && { next }) })
}

/** Never anywhere else, whatever a path turns out to mean. */
function pageOf(origin: string, path: string, more: Readonly<Record<string, string>> = {}): string {
  const site = new URL(origin)
  const url = URL.canParse(path, origin) ? new URL(path, origin) : site
  const page = url.origin === site.origin ? url : site
  for (const [name, value] of Object.entries(more)) page.searchParams.set(name, value)
  return page.href
}

import type { OperationScope } from '#core/contract/operation'
import { coversScope } from '#core/contract/scopes'
import { isSameText } from '#core/release/is-same-text'
import type { IdentityStore } from '../ports/identity-store'
import { AppError } from '../services/app-error'
import { type Caller, missingScope } from '../services/caller'
import type { KeyFinder } from '../services/find-key'
import { limitToProjects } from '../services/limit-to-projects'
import { cookiePolicy, readSessionCookie } from './session-cookie'

export type AuthDeps = {
  readonly keys: KeyFinder
  readonly findSession: (token: string) => Promise<Caller | null>
  readonly environmentName: string
  readonly publicUrl: string
}

/** Addresses end up in logs, histories and the headers of others: a key in one is refused, whatever else proves who calls. */
const KEY_IN_ADDRESS = /mr_[0-9a-z]{8}_[0-9a-z]{32}/
const NOT_IN_ADDRESSES =
  'A key belongs into the Authorization header, never into an address. Rotate it: others have seen it.'

/**
 * Finds out who calls: an API key in `Authorization`, else the dashboard's cookie. Refuses unknown credentials, and
 * writes by cookie that another site may have caused.
 */
export async function authenticate(deps: AuthDeps, request: Request): Promise<Caller> {
  if (KEY_IN_ADDRESS.test(request.url)) throw new AppError('credentials_invalid', { detail: NOT_IN_ADDRESSES })
  const authorization = request.headers.get('authorization')
  const caller = authorization === null ? await bySession(deps, request) : await byKey(deps, authorization)
  const claimed = request.headers.get('x-organization-id')
  if (claimed !== null && claimed !== caller.organizationId) throw new AppError('organization_mismatch')
  return caller
}

async function byKey(deps: AuthDeps, authorization: string): Promise<Caller> {
  const [scheme = '', text = '', ...rest] = authorization.trim().split(/\s+/)
  if (scheme.toLowerCase() !== 'bearer' || rest.length > 0) {
    throw new AppError('credentials_invalid', { detail: 'Authorization must read: Bearer mr_…' })
  }
  const caller = await deps.keys.find(text)
  if (caller === null) throw new AppError('credentials_invalid')
  return caller
}

async function bySession(deps: AuthDeps, request: Request): Promise<Caller> {
  const token = readSessionCookie(request, cookiePolicy(request, deps.environmentName))
  if (token === null) throw new AppError('unauthorized')
  const caller = await deps.findSession(token)
  if (caller?.via.kind !== 'session') throw new AppError('unauthorized', { detail: 'The session has ended.' })
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    requireOwnOrigin(deps, request, 'required')
    const given = request.headers.get('x-csrf-token') ?? ''
    if (!isSameText(given, caller.via.csrfToken)) throw new AppError('csrf_refused')
  }
  return caller
}

/** Refuses requests that a page of another origin made. `required`: also those that do not say where they come from. */
export function requireOwnOrigin(
  deps: Pick<AuthDeps, 'publicUrl'>,
  request: Request,
  mode: 'required' | 'if_present',
): void {
  const origin = request.headers.get('origin')
  if (origin === null && mode === 'if_present') return
  const own = [new URL(request.url).origin, deps.publicUrl.replace(/\/+$/, '')]
  if (origin === null || !own.includes(origin)) throw new AppError('csrf_refused')
}

/**
 * Checks what can be known before the call is looked at, and answers as whom it goes on; `deploy:{environment}` is checked again
 * by the use case.
 */
export async function authorize(
  identity: Pick<IdentityStore, 'workflowsInside'>,
  caller: Caller,
  scope: Exclude<OperationScope, 'public'>,
): Promise<Caller> {
  if (scope === 'member') return caller
  if (scope === 'owner') return requireOwner(caller)
  const isDeploy = scope === 'deploy:{environment}'
  const isHeld = isDeploy ? caller.scopes.some((it) => it.startsWith('deploy:')) : coversScope(caller.scopes, scope)
  if (isHeld) return caller
  const limited = await limitToProjects(identity, caller, isDeploy ? 'deploy:*' : scope)
  if (limited !== null) return limited
  if (!isDeploy) throw missingScope(scope)
  throw new AppError('missing_scope', { detail: 'A scope deploy:<environment> is missing.', extra: { scope } })
}

function requireOwner(caller: Caller): Caller {
  if (caller.via.kind === 'session' && caller.via.role === 'owner') return caller
  throw new AppError('owner_required')
}

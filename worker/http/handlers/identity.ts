import { toIso } from '#core/kernel/time'
import type { KeyRow } from '../../ports/key-store'
import { type OpenedSession, SESSION_MS, signIn, signUp } from '../../services/accounts'
import { AppError } from '../../services/app-error'
import { createKey, listKeys, revokeKey, rotateKey } from '../../services/keys'
import type { Call, SomeHandlers } from '../handler'
import { type CookiePolicy, sessionCookie } from '../session-cookie'
import type { Operation } from '#core/contract/operation'

type Names = 'signUp' | 'signIn' | 'signOut' | 'getMe' | 'createKey' | 'listKeys' | 'rotateKey' | 'deleteKey'

export const identityHandlers: SomeHandlers<Names> = {
  async signUp({ accounts, body, cookie, request }) {
    await slowDown(accounts, request, body.email)
    const session = await signUp(accounts, body)
    return { status: 201, body: sessionBody(session), headers: { ...opened(cookie, session), location: '/v1/me' } }
  },
  async signIn({ accounts, body, cookie, request }) {
    await slowDown(accounts, request, body.email)
    const session = await signIn(accounts, body)
    return { status: 200, body: sessionBody(session), headers: opened(cookie, session) }
  },
  async signOut({ accounts, ctx, cookie }) {
    const { via } = ctx.caller
    if (via.kind === 'session') await accounts.identity.deleteSession(via.tokenHash)
    return { status: 204, body: null, headers: { 'set-cookie': sessionCookie(cookie, '', 0) } }
  },
  async getMe({ accounts, ctx }) {
    const { via, actor, organizationId, scopes } = ctx.caller
    const isSession = via.kind === 'session'
    const organizations = isSession ? await accounts.identity.memberships(actor.id) : []
    return {
      status: 200,
      body: {
        user: isSession ? { id: actor.id, email: actor.email ?? '' } : null,
        key: isSession ? null : { id: via.id, name: via.name },
        organizationId,
        organizations: organizations.map((it) => ({ id: it.organizationId, name: it.name, role: it.role })),
        scopes: [...scopes],
        csrfToken: isSession ? via.csrfToken : null,
      },
    }
  },
  async createKey({ ctx, body }) {
    const { row, text } = await createKey(ctx, body)
    return { status: 201, body: { ...keyBody(row), key: text }, headers: { location: `/v1/keys/${row.id}` } }
  },
  async listKeys({ ctx, query }) {
    const page = await listKeys(ctx, query)
    return { status: 200, body: { items: page.items.map(keyBody), nextCursor: page.nextCursor } }
  },
  async rotateKey({ ctx, params, body, keys }) {
    const { row, text } = await rotateKey(ctx, params.id, body.overlapSeconds)
    keys.forget(params.id)
    return { status: 201, body: { ...keyBody(row), key: text }, headers: { location: `/v1/keys/${row.id}` } }
  },
  async deleteKey({ ctx, params, keys }) {
    await revokeKey(ctx, params.id)
    keys.forget(params.id)
    return { status: 204, body: null }
  },
}

/** Guessing is slowed down per account and per address. */
async function slowDown(accounts: Call<Operation>['accounts'], request: Request, email: string): Promise<void> {
  const address = request.headers.get('cf-connecting-ip')
  const allowed = [await accounts.signInLimit(`email:${email.toLowerCase()}`)]
  if (address !== null) allowed.push(await accounts.signInLimit(`address:${address}`))
  if (allowed.includes(false)) throw new AppError('rate_limited', { retryAfterSeconds: 60 })
}

function opened(cookie: CookiePolicy, session: OpenedSession): Readonly<Record<string, string>> {
  return { 'set-cookie': sessionCookie(cookie, session.token, SESSION_MS / 1_000) }
}

function sessionBody(session: OpenedSession) {
  const organizations = session.organizations.map((it) => ({ id: it.organizationId, name: it.name, role: it.role }))
  return { user: session.user, organizations, csrfToken: session.csrfToken }
}

function keyBody(row: KeyRow) {
  return {
    id: row.id,
    prefix: row.prefix,
    name: row.name,
    scopes: [...row.scopes],
    environments: row.environments === null ? null : [...row.environments],
    workflowIds: row.workflowIds === null ? null : [...row.workflowIds],
    createdAt: toIso(row.createdAt),
    expiresAt: row.expiresAt === null ? null : toIso(row.expiresAt),
    lastUsedAt: row.lastUsedAt === null ? null : toIso(row.lastUsedAt),
  }
}

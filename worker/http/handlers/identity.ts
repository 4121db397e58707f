import { KEY_AGE_MS_MAX, keyWarnings } from '#core/contract/key-warnings'
import { type EpochMs, toIso } from '#core/kernel/time'
import type { KeyRow } from '../../ports/key-store'
import { signIn, signUp } from '../../services/accounts'
import { createKey, listKeys, revokeKey, rotateKey } from '../../services/keys'
import { ownProfile } from '../../services/own-account'
import type { SomeHandlers } from '../handler'
import { opened, sessionBody } from '../session-body'
import { sessionCookie } from '../session-cookie'
import { slowDown } from '../slow-down'
import { visitorOf } from '../visitor'

type Names = 'signUp' | 'signIn' | 'signOut' | 'getMe' | 'createKey' | 'listKeys' | 'rotateKey' | 'deleteKey'

export const identityHandlers: SomeHandlers<Names> = {
  async signUp(call) {
    await slowDown(call, call.body.email)
    const session = await signUp(call.accounts, visitorOf(call), call.body)
    return { status: 201, body: sessionBody(session), headers: { ...opened(call.cookie, session), location: '/v1/me' } }
  },
  async signIn(call) {
    await slowDown(call, call.body.email)
    const session = await signIn(call.accounts, visitorOf(call), call.body)
    return { status: 200, body: sessionBody(session), headers: opened(call.cookie, session) }
  },
  async signOut({ accounts, ctx, cookie }) {
    const { via } = ctx.caller
    if (via.kind === 'session') await accounts.identity.deleteSession(via.tokenHash)
    return { status: 204, body: null, headers: { 'set-cookie': sessionCookie(cookie, '', 0) } }
  },
  async getMe({ accounts, ctx }) {
    const { via, organizationId, scopes, projectRoles } = ctx.caller
    const profile = await ownProfile(accounts, ctx.caller)
    const organizations = profile?.organizations ?? []
    return {
      status: 200,
      body: {
        user: profile === null ? null : userBody(profile.user),
        key: via.kind === 'key' ? { id: via.id, name: via.name } : null,
        organizationId,
        organizations: organizations.map((it) => ({ id: it.organizationId, name: it.name, role: it.role })),
        scopes: [...scopes],
        projectRoles: [...projectRoles],
        csrfToken: via.kind === 'session' ? via.csrfToken : null,
      },
    }
  },
  async createKey({ ctx, body }) {
    const { row, text } = await createKey(ctx, body)
    return {
      status: 201,
      body: { ...keyBody(row, ctx.clock()), key: text },
      headers: { location: `/v1/keys/${row.id}` },
    }
  },
  async listKeys({ ctx, query }) {
    const page = await listKeys(ctx, query)
    return {
      status: 200,
      body: { items: page.items.map((row) => keyBody(row, ctx.clock())), nextCursor: page.nextCursor },
    }
  },
  async rotateKey({ ctx, params, body, keys }) {
    const { row, text } = await rotateKey(ctx, params.id, body.overlapSeconds)
    keys.forget(params.id)
    return {
      status: 201,
      body: { ...keyBody(row, ctx.clock()), key: text },
      headers: { location: `/v1/keys/${row.id}` },
    }
  },
  async deleteKey({ ctx, params, keys }) {
    await revokeKey(ctx, params.id)
    keys.forget(params.id)
    return { status: 204, body: null }
  },
}

type OwnUser = { readonly id: string; readonly email: string; readonly emailVerifiedAt: EpochMs | null }

function userBody({ emailVerifiedAt, ...user }: OwnUser) {
  return { ...user, emailVerifiedAt: emailVerifiedAt === null ? null : toIso(emailVerifiedAt) }
}

function keyBody(row: KeyRow, now: EpochMs) {
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
    rotateBy: toIso(row.createdAt + KEY_AGE_MS_MAX),
    warnings: keyWarnings(row, now),
  }
}

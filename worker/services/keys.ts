import type { Page, PageQuery } from '#core/contract/page'
import { coversScope, type Scope } from '#core/contract/scopes'
import { newId } from '#core/kernel/id'
import { type EpochMs, fromIso, toIso } from '#core/kernel/time'
import type { KeyRow } from '../ports/key-store'
import { newApiKey } from './api-key'
import { AppError } from './app-error'
import { unknown } from './caller'
import { callingKey } from './calling-key'
import { recordAudit } from './record-audit'
import { requireKnownTargets } from './require-known-targets'
import type { ServiceContext } from './service-context'

export type KeyWish = {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly environments?: readonly string[] | null | undefined
  readonly workflowIds?: readonly string[] | null | undefined
  readonly expiresAt?: string | null | undefined
}

export type NewKey = { readonly row: KeyRow; readonly text: string }

/** Makes a key for what is there. Nobody can give away more than they hold. */
export async function createKey(ctx: ServiceContext, wish: KeyWish): Promise<NewKey> {
  const excess = wish.scopes.find((scope) => !coversScope(ctx.caller.scopes, scope))
  if (excess !== undefined) {
    throw new AppError('missing_scope', { detail: `You cannot give away '${excess}': you do not hold it.` })
  }
  const wanted = wish.expiresAt == null ? null : fromIso(wish.expiresAt)
  if (wanted !== null && wanted <= ctx.clock()) throw expiredAtBirth()
  const end = (await callingKey(ctx))?.expiresAt ?? null
  if (wanted !== null) requireEndWithin(end, wanted)
  const expiresAt = wanted ?? end
  const environments = within(ctx.caller.environments, wish.environments ?? null, 'environments')
  const workflowIds = within(ctx.caller.workflowIds, wish.workflowIds ?? null, 'workflowIds')
  await requireKnownTargets(ctx, wish)
  const created = await insert(ctx, { name: wish.name, scopes: wish.scopes, environments, workflowIds, expiresAt })
  await recordAudit(ctx, 'key.created', created.row.id, { name: wish.name, scopes: wish.scopes })
  return created
}

export function listKeys(ctx: ServiceContext, query: PageQuery): Promise<Page<KeyRow>> {
  return ctx.stores.keys.list(query)
}

/** Makes a successor with the same rights, which the caller must hold; the old key lives on for `overlapSeconds`, 0 = it ends now. */
export async function rotateKey(ctx: ServiceContext, id: string, overlapSeconds: number): Promise<NewKey> {
  const old = await ctx.stores.keys.find(id)
  if (old === null) throw unknown('key', id)
  const excess = old.scopes.find((scope) => !coversScope(ctx.caller.scopes, scope as Scope))
  if (excess !== undefined) throw new AppError('missing_scope', { detail: `The scope '${excess}' is missing.` })
  requireWithin(ctx.caller.environments, old.environments, 'environments')
  requireWithin(ctx.caller.workflowIds, old.workflowIds, 'workflowIds')
  requireEndWithin((await callingKey(ctx))?.expiresAt ?? null, old.expiresAt)
  if (old.expiresAt !== null && old.expiresAt <= ctx.clock()) throw new AppError('key_expired')
  const successor = await insert(ctx, old)
  if (overlapSeconds === 0) await replace(ctx, id, successor)
  else await ctx.stores.keys.expire(id, ctx.clock() + overlapSeconds * 1_000)
  await recordAudit(ctx, 'key.rotated', id, { successor: successor.row.id, overlapSeconds })
  return successor
}

/** Ends a key in favour of its successor; of several at once one succeeds. */
async function replace(ctx: ServiceContext, id: string, successor: NewKey): Promise<void> {
  if (await ctx.stores.keys.revoke(id, ctx.clock())) return
  await ctx.stores.keys.revoke(successor.row.id, ctx.clock())
  throw unknown('key', id)
}

/** Ends a key for good. A limited key ends none that reaches further than itself. */
export async function revokeKey(ctx: ServiceContext, id: string): Promise<void> {
  const key = await ctx.stores.keys.find(id)
  if (key === null) throw unknown('key', id)
  requireWithin(ctx.caller.environments, key.environments, 'environments')
  requireWithin(ctx.caller.workflowIds, key.workflowIds, 'workflowIds')
  if (!(await ctx.stores.keys.revoke(id, ctx.clock()))) throw unknown('key', id)
  await recordAudit(ctx, 'key.revoked', id)
}

type Rights = Pick<KeyRow, 'name' | 'scopes' | 'environments' | 'workflowIds'> & { readonly expiresAt: EpochMs | null }

async function insert(ctx: ServiceContext, rights: Rights): Promise<NewKey> {
  const at = ctx.clock()
  const key = newApiKey(ctx.randomBytes)
  const row = {
    id: newId('key', at, ctx.randomBytes),
    name: rights.name,
    prefix: key.prefix,
    hash: ctx.digest(key.text),
    scopes: rights.scopes,
    environments: rights.environments,
    workflowIds: rights.workflowIds,
    createdAt: at,
    createdBy: ctx.caller.actor,
    expiresAt: rights.expiresAt,
    lastUsedAt: null,
  }
  await ctx.stores.keys.insert(row)
  return { row: { ...row, organizationId: ctx.stores.organizationId }, text: key.text }
}

/** A limited key makes keys that are limited as well. */
function within(
  held: readonly string[] | null,
  wanted: readonly string[] | null,
  field: string,
): readonly string[] | null {
  if (wanted === null) return held
  requireWithin(held, wanted, field)
  return wanted
}

/** Refuses to pass on more than a limited key was made for; null = no limit. */
function requireWithin(held: readonly string[] | null, wanted: readonly string[] | null, field: string): void {
  if (held === null) return
  const excess = wanted === null ? 'all' : wanted.find((name) => !held.includes(name))
  if (excess === undefined) return
  throw new AppError('missing_scope', {
    detail: `This key is not made for '${excess}' and decides about no key that is (${field}).`,
  })
}

/** Refuses a key that would outlive the one that makes it; null = no end. */
function requireEndWithin(own: EpochMs | null, wanted: EpochMs | null): void {
  if (own === null || (wanted !== null && wanted <= own)) return
  throw new AppError('missing_scope', {
    detail: `This key ends at ${toIso(own)} and makes or rotates no key that lives longer (expiresAt).`,
  })
}

function expiredAtBirth(): AppError {
  const issue = {
    code: 'in_the_past',
    severity: 'error',
    path: '/expiresAt',
    message: 'expiresAt is in the past',
  } as const
  return new AppError('request_invalid', { issues: [issue] })
}

import { encodeBytes, encodeInteger } from '#core/kernel/crockford'
import type { Actor } from '#core/release/wire'
import type { AuditStore } from '../ports/audit-store'
import type { ServiceContext } from './service-context'

type AuditContext = Pick<ServiceContext, 'clock' | 'randomBytes'> & {
  readonly caller: { readonly actor: Actor }
  readonly stores: { readonly audit: AuditStore }
}

/** Writes down who changed what. */
export async function recordAudit(
  ctx: AuditContext,
  action: string,
  target: string,
  detail?: Readonly<Record<string, unknown>>,
): Promise<void> {
  const at = ctx.clock()
  const id = `audit_${encodeInteger(at, 9)}${encodeBytes(ctx.randomBytes(10))}`
  await ctx.stores.audit.append({
    id,
    at,
    actor: ctx.caller.actor,
    action,
    target,
    ...(detail === undefined ? {} : { detail }),
  })
}

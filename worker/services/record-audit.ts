import { encodeBytes, encodeInteger } from '#core/kernel/crockford'
import type { ServiceContext } from './service-context'

/** Writes down who changed what. */
export async function recordAudit(
  ctx: ServiceContext,
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

import type { EpochMs } from '#core/kernel/time'
import { recordAudit } from './record-audit'
import type { ServiceContext } from './service-context'

/** Whoever keeps looking is written down once in this time. */
const REPEAT_MS = 5 * 60_000
const READS_MAX = 5_000

const lately = new Map<string, EpochMs>()

/** Writes down who read what; a page that looks again every few seconds is one reader. Rejects when it cannot. */
export async function recordRead(
  ctx: ServiceContext,
  action: string,
  target: string,
  detail: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const reader = [ctx.stores.organizationId, ctx.caller.actor.id, action, target, JSON.stringify(detail)].join('\n')
  const now = ctx.clock()
  const lastAt = lately.get(reader)
  if (lastAt !== undefined && now - lastAt < REPEAT_MS) return
  await recordAudit(ctx, action, target, detail)
  if (lately.size >= READS_MAX) lately.clear()
  lately.set(reader, now)
}

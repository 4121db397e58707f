import type { EpochMs } from '#core/kernel/time'
import type { ArchiveCleaner } from '../ports/archive-cleaner'
import type { Deployments } from '../ports/deployments'
import type { DeploymentSweep, Purge } from '../ports/deployment-sweep'
import { draftsPrefix } from '../services/draft-bundle'

/** So many deleted places are worked on in one call. */
const PURGES_MAX = 20
/** How long executions of a deleted workflow may go on before they are cancelled. */
export const DRAIN_MS = 24 * 3_600_000

export type PurgeDeps = {
  readonly sweep: DeploymentSweep
  readonly deployments: Deployments
  readonly cleaner: Pick<ArchiveCleaner, 'clear'>
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

/**
 * Empties what belonged to deleted workflows: index rows, archives and the storage of their objects. Everything it does may be
 * done twice, and what it does not finish in one call it goes on with in the next. Answers how many places are gone.
 */
export async function purge(deps: PurgeDeps, now: EpochMs): Promise<number> {
  const purges = await deps.sweep.purges(PURGES_MAX)
  const ended = await Promise.all(purges.map((entry) => purgeOne(deps, entry, now)))
  return ended.filter(Boolean).length
}

async function purgeOne(
  { sweep, deployments, cleaner, report }: PurgeDeps,
  entry: Purge,
  now: EpochMs,
): Promise<boolean> {
  const { ref, organizationId, requestedAt, isUrgent } = entry
  try {
    await sweep.triedPurge(ref, now)
    const mayCancel = isUrgent || now - requestedAt >= DRAIN_MS
    const left = await deployments(ref).purge({ organizationId, mayCancel })
    if (left !== 'nothing') return false
    if (!(await cleaner.clear(draftsPrefix(entry)))) return false
    await sweep.endPurge(entry)
    report('purged', { ref, organizationId, workflowId: entry.workflowId, tookMs: now - requestedAt })
    return true
  } catch (error) {
    report('purge_failed', { ref, error: String(error) })
    return false
  }
}

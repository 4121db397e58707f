import type { EpochMs } from '#core/kernel/time'
import type { ArchiveCleaner } from '../ports/archive-cleaner'
import type { KeyCustodian } from '../ports/key-custodian'
import type { KeyRings } from '../ports/key-rings'
import type { OrganizationSweep, RemovedOrganization } from '../ports/organization-sweep'
import type { OrganizationSlotsOf } from '../ports/organization-slots'
import type { Stores } from '../ports/stores'
import { type HaltDeps, haltDeployments } from '../services/halt-deployments'

/** So many removed organizations are worked on in one call, each with some 150 calls at most. */
const ORGANIZATIONS_MAX = 2
const HALTED_MAX = 40
const SYSTEM = { id: 'system', email: null }
const MEMBERS_MAX = 50
/** The organization's row and what lies in the bucket go no earlier: until then what was under way may still write. */
export const SETTLE_MS = 3_600_000

/** Where everything of an organization lies in the bucket: traces, outputs, documents that were tried out. */
const prefixesOf = (id: string) => [`t/standard/${id}/`, `o/standard/${id}/`, `d/${id}/`]

export type RemoveDeps = Omit<HaltDeps, 'stores' | 'caller'> & {
  readonly organizations: OrganizationSweep
  readonly storesOf: (organizationId: string) => Pick<Stores, 'organizationId' | 'deployments'>
  readonly custodian: Pick<KeyCustodian, 'shred'>
  readonly rings: Pick<KeyRings, 'remove'>
  readonly slotsOf: OrganizationSlotsOf
  readonly cleaner: Pick<ArchiveCleaner, 'clear'>
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

/**
 * Takes removed organizations down and removes what is left of them, in steps small enough for one call; their deployments are
 * emptied by the purge. Everything may be done twice, and what is not finished goes on in the next call. Answers how many are gone.
 */
export async function removeOrganizations(deps: RemoveDeps, now: EpochMs): Promise<number> {
  const removed = await deps.organizations.removed(ORGANIZATIONS_MAX)
  const ended = await Promise.all(
    removed.map(async (one) => {
      try {
        await deps.organizations.tried(one.id, now)
        return await removeOne(deps, one, now)
      } catch (error) {
        deps.report('organization_removal_failed', { organizationId: one.id, error: String(error) })
        return false
      }
    }),
  )
  return ended.filter(Boolean).length
}

async function removeOne(deps: RemoveDeps, { id, removedAt }: RemovedOrganization, now: EpochMs): Promise<boolean> {
  const { organizations, cleaner, custodian, rings } = deps
  await custodian.shred(id)
  const stores = deps.storesOf(id)
  await haltDeployments({ ...deps, stores, caller: { actor: SYSTEM } }, HALTED_MAX, now)
  if (await organizations.hasPlaces(id)) return false
  if (!(await organizations.clearRows(id)) || now - removedAt < SETTLE_MS) return false
  for (const prefix of prefixesOf(id)) if (!(await cleaner.clear(prefix))) return false
  if (!(await endMemberships(deps, id))) return false
  const head = await organizations.auditHead(id)
  await organizations.removeOrganization(id)
  if (!(await organizations.clearAudit(id))) return false
  await rings.remove(id)
  await deps.slotsOf(id).forget({ organizationId: id })
  await organizations.end(id)
  const chain = head === null ? {} : { auditSeq: head.seq, auditHash: head.hash ?? '' }
  deps.report('organization_removed', { organizationId: id, tookMs: now - removedAt, ...chain })
  return true
}

/** True when nobody is a member any more. */
async function endMemberships({ organizations, rings }: RemoveDeps, id: string): Promise<boolean> {
  const userIds = await organizations.members(id, MEMBERS_MAX)
  for (const userId of userIds) {
    // The ring of a person seals their second factor.
    if (await organizations.removeMember(id, userId)) await rings.remove(userId)
  }
  return userIds.length < MEMBERS_MAX
}

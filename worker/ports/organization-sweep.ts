import type { EpochMs } from '#core/kernel/time'

export type RemovedOrganization = { readonly id: string; readonly removedAt: EpochMs }

/** What is left of removed organizations in D1. Every step may be done twice. */
export type OrganizationSweep = {
  /** Those first that were tried least recently. */
  removed(limit: number): Promise<readonly RemovedOrganization[]>
  tried(id: string, at: EpochMs): Promise<void>
  /** Removes rows, as many as one call may; true when none is left but members, audit and the organization itself. */
  clearRows(id: string): Promise<boolean>
  /** Whether a deployment or a place of tests is still to be emptied. */
  hasPlaces(id: string): Promise<boolean>
  /** People who are still members. */
  members(id: string, limit: number): Promise<readonly string[]>
  /** Ends a membership; an account that is a member of nothing else goes with it. Answers whether it went. */
  removeMember(id: string, userId: string): Promise<boolean>
  /** Where its chain of audit entries ended; null when there was none. */
  auditHead(id: string): Promise<{ readonly seq: number; readonly hash: string | null } | null>
  /** Removes the organization's row, which lets go of its audit. */
  removeOrganization(id: string): Promise<void>
  /** Removes entries of the audit, as many as one call may; true when none is left. */
  clearAudit(id: string): Promise<boolean>
  /** Nothing is left. */
  end(id: string): Promise<void>
}

import type { EpochMs } from '#core/kernel/time'

/** Where the sweeps find what they work through, and remember how far they got; the only reader that crosses organizations. */
export type DeploymentSweep = {
  /** How many places may have work: deployments, and places where drafts are tried out. */
  count(): Promise<number>
  /** Their refs in order, after a given one. */
  refs(after: string, limit: number): Promise<readonly string[]>
  /** Where the next round goes on; '' at the start. */
  cursor(): Promise<string>
  moveCursor(after: string): Promise<void>
  /** What is to be emptied, those first that were tried least recently. */
  purges(limit: number): Promise<readonly Purge[]>
  triedPurge(ref: string, at: EpochMs): Promise<void>
  /** Nothing is left of it: what still names it goes too. */
  endPurge(purge: Purge): Promise<void>
}

export type Purge = {
  readonly ref: string
  readonly organizationId: string
  readonly workflowId: string
  readonly requestedAt: EpochMs
  /** Its organization was deleted: nothing that runs is waited for. */
  readonly isUrgent: boolean
}

import type { EpochMs } from '#core/kernel/time'

/** The organization itself. */
export type OrganizationStore = {
  /** What it is called; null when it was removed. */
  name(): Promise<string | null>
  /**
   * From now on nobody signs in to it, and no session, key or invitation of it opens anything. Answers since when that is so:
   * an earlier removal counts.
   */
  remove(at: EpochMs): Promise<EpochMs>
}

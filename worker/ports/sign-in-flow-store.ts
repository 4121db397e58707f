import type { EpochMs } from '#core/kernel/time'

/** Sign-ins under way, known by a hash of what was given to the browser; each is good for one step. */
export type SignInFlowStore = {
  /** Those that are too old end with it. */
  put(hash: string, at: EpochMs, expiresAt: EpochMs): Promise<void>
  isOpen(hash: string, at: EpochMs): Promise<boolean>
  /** Uses it up. False when it was never there, is too old, or was used before. */
  take(hash: string, at: EpochMs): Promise<boolean>
}

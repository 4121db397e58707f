import type { EpochMs } from '#core/kernel/time'
import type { Actor } from '#core/release/wire'

export type AuditEntry = {
  readonly id: string
  readonly at: EpochMs
  readonly actor: Actor
  /** `<noun>.<verb in the past tense>`, such as `key.revoked`. */
  readonly action: string
  /** Id or name of what was changed. */
  readonly target: string
  readonly detail?: Readonly<Record<string, unknown>>
}

/** Who changed what in one organization. */
export type AuditStore = { append(entry: AuditEntry): Promise<void> }

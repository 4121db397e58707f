import type { EpochMs } from '#core/kernel/time'
import type { Actor } from '#core/release/wire'

export type EnvironmentRow = {
  readonly id: string
  readonly name: string
  readonly isPrimary: boolean
  readonly revision: number
  readonly createdAt: EpochMs
}

export type ValueKind = 'variable' | 'secret'

/** A variable or a secret, with its value sealed. */
export type ValueRow = {
  readonly kind: ValueKind
  readonly name: string
  readonly sealed: string
  readonly isSecret: boolean
  readonly version: number
  readonly fingerprint: string
  readonly allowedHosts: readonly string[]
  readonly updatedAt: EpochMs
  readonly updatedBy: Actor
}

/** `sealed: null` deletes. `version` is what the value becomes, one more than it was. */
export type ValueChange = {
  readonly name: string
  readonly version: number
  readonly sealed: string | null
  readonly isSecret: boolean
  readonly fingerprint: string
  readonly allowedHosts: readonly string[]
}

/** The environments of one organization and what they hold. */
export type EnvironmentStore = {
  list(): Promise<readonly EnvironmentRow[]>
  find(name: string): Promise<EnvironmentRow | null>
  values(environmentId: string): Promise<readonly ValueRow[]>
  /** One transaction: the changes and the next revision. False, and nothing changed, when `revision` is not what it was. */
  apply(
    environmentId: string,
    kind: ValueKind,
    changes: readonly ValueChange[],
    by: { readonly actor: Actor; readonly at: EpochMs; readonly revision: number },
  ): Promise<boolean>
}

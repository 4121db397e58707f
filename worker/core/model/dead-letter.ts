import { encodeInteger } from '../kernel/crockford'
import type { EpochMs } from '../kernel/time'

/** `poisoned`: every runner died on it · `outcome_unknown`: it may or may not have taken effect · `doorbell`: a message nobody could answer. */
export const DEAD_LETTER_KINDS = ['poisoned', 'outcome_unknown', 'doorbell'] as const
export type DeadLetterKind = (typeof DEAD_LETTER_KINDS)[number]

/** Work that was given up and that a person should look at. */
export type DeadLetter = {
  readonly id: string
  readonly organizationId: string
  readonly kind: DeadLetterKind
  readonly workflowId: string
  readonly deploymentId: string
  readonly environment: string
  /** Null for a doorbell, which names no execution. */
  readonly executionId: string | null
  readonly shard: number
  readonly code: string
  readonly message: string
  readonly stage: string | null
  readonly createdAt: EpochMs
}

/** Id of a message's letter: the same however often the message comes. `hash` is of the queue's name for it, in hexadecimal. */
export function doorbellLetterId(at: EpochMs, ref: string, shard: number, hash: string): string {
  return `dl_${encodeInteger(at, 9)}${ref}${encodeInteger(shard, 2)}${hash.slice(0, 12)}`
}

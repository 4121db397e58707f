import type { DeadLetter } from '#core/model/dead-letter'

/** Where given-up work is written down, of whichever organization. A letter that is there already is left as it is. */
export type DeadLetterLog = {
  /** The ids that were not there before. */
  add(letters: readonly DeadLetter[]): Promise<readonly string[]>
}

import type { DeadLetterAnswer } from '#core/contract/dead-letters'

type Kind = DeadLetterAnswer['kind']

/** How each kind of dead letter reads: what happened, and what running it again means. */
export const DEAD_LETTER_LOOK: Readonly<Record<Kind, { readonly word: string; readonly redriving: string }>> = {
  poisoned: {
    word: 'Given up',
    redriving:
      'A new execution starts from the beginning, on the version that is live now: every stage runs again. If the cause is still there it is given up again.',
  },
  outcome_unknown: {
    word: 'Outcome unknown',
    redriving:
      'A new execution starts from the beginning: what the first one may have sent is sent again. Find out at the other side first whether it took effect.',
  },
  doorbell: {
    word: 'Unanswered message',
    redriving: 'The deployment is told again that there is work. Nothing is run twice by that.',
  },
}

import type { Failure } from './failure'

/** Why a stage that runs at most once is not sent again: nobody can tell whether it was carried out. */
export function outcomeUnknown(what: string): Failure {
  return {
    code: 'outcome_unknown',
    message: `${what} Whether it was carried out is not known, and at_most_once forbids to send it again.`,
    hint: 'Find out at the other side, then replay the execution if it was not.',
  }
}

import { EVENT_VERSION } from '#core/engine/event'
import type { SimulatedWorld } from '../../support/run-plan'

/** Makes the named stages fail for good, whatever their component would do. */
export function failing(...ids: string[]): NonNullable<SimulatedWorld['instead']> {
  return ({ stage, attempt }, _state, at) =>
    ids.includes(stage)
      ? {
          type: 'attempt_failed',
          v: EVENT_VERSION,
          at,
          stage,
          attempt,
          input: null,
          failure: { code: `${stage}_failed`, message: `${stage} failed on purpose.` },
        }
      : undefined
}

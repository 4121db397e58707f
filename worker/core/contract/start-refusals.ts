import type { ErrorCode } from './errors'

/** What every call that starts an execution may be refused with. */
export const START_REFUSALS = [
  'version_unknown',
  'environment_unknown',
  'not_deployed',
  'undeployed',
  'input_invalid',
  'rate_limited',
  'loop_detected',
  'too_many_live',
  'paused',
  'environment_unavailable',
  'outcome_unknown',
] as const satisfies readonly ErrorCode[]

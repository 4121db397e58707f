import { accept } from './accept.mjs'
import { bundleSize } from './bundle-size.mjs'
import { burst } from './burst.mjs'
import { cancel } from './cancel.mjs'
import { cost } from './cost.mjs'
import { fanOut } from './fan-out.mjs'
import { firstStage } from './first-stage.mjs'
import { flood } from './flood.mjs'
import { largeBody } from './large-body.mjs'
import { memory } from './memory.mjs'
import { pure } from './pure.mjs'
import { roundTrip } from './round-trip.mjs'
import { schedules } from './schedules.mjs'
import { schemes } from './schemes.mjs'
import { shards } from './shards.mjs'
import { signIn } from './sign-in.mjs'
import { stageToStage } from './stage-to-stage.mjs'
import { startTime } from './start-time.mjs'
import { sustained } from './sustained.mjs'
import { switching } from './switch.mjs'

/** The measurements by name, in the order they run. */
export const measurements = {
  accept,
  schemes,
  flood,
  'sign-in': signIn,
  burst,
  sustained,
  'round-trip': roundTrip,
  'first-stage': firstStage,
  'stage-to-stage': stageToStage,
  shards,
  'fan-out': fanOut,
  cancel,
  'large-body': largeBody,
  switch: switching,
  schedules,
  memory,
  cost,
  pure,
  bundle: bundleSize,
  start: startTime,
}

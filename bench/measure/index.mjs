import { accept } from './accept.mjs'
import { burst } from './burst.mjs'
import { roundTrip } from './round-trip.mjs'
import { sustained } from './sustained.mjs'

/** The measurements by name, in the order they run. */
export const measurements = { accept, burst, sustained, 'round-trip': roundTrip }

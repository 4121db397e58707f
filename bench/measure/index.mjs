import { accept } from './accept.mjs'

/** The measurements by name, in the order they run. */
export const measurements = { accept }

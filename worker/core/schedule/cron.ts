/** The one door to cron: the grammar lives with the schedule trigger, because documents are checked below this room. */
export { parseCron, type Cron } from '../triggers/cron'
export { isTimezone } from '../triggers/timezone'
export { nextFire } from './next-fire'
export { describeCron } from './describe-cron'

import { nextFire, parseCron } from '#core/schedule/cron'

const schedules = [
  ['* * * * *', 'UTC'],
  ['0 9 * * 1-5', 'America/New_York'],
  ['30 2 * * *', 'Europe/Berlin'],
  ['*/15 8-18 * * *', 'Asia/Kolkata'],
  ['0 0 1 * *', 'Australia/Lord_Howe'],
].map(([text, zone]) => ({ cron: parseCron(text).value, zone }))
const startAt = Date.UTC(2026, 0, 1)
const stepMs = 7 * 3_600_000

/** Computes `count` next fires of five schedules, walking through a year again and again. */
export function computeNextFires(count) {
  let last = 0
  for (let n = 0; n < count; n++) {
    const { cron, zone } = schedules[n % schedules.length]
    last = nextFire(cron, zone, startAt + (n % 1_250) * stepMs)
  }
  return { last }
}

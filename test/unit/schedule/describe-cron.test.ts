import { expect, it } from 'vitest'
import { describeCron, isTimezone, parseCron } from '#core/schedule/cron'

it.for([
  ['* * * * *', 'Every minute'],
  ['*/5 * * * *', 'Every 5 minutes'],
  ['0 * * * *', 'Every hour'],
  ['0 0 * * *', 'At 00:00, every day'],
  ['0 9 * * *', 'At 09:00, every day'],
  ['0 9 * * 1-5', 'At 09:00, Monday to Friday'],
  ['0 0 * * 1', 'At 00:00, on Monday'],
  ['0 0 1 * *', 'At 00:00, on day 1 of the month'],
  ['0 */6 * * *', 'Every 6 hours'],
  ['0 9-17 * * 1-5', 'Every hour from 09:00 to 17:00, Monday to Friday'],
  ['30 8,12 L 1,2,3,7 *', 'At 08:30 and 12:30, on the last day of the month, in January to March and July'],
  ['0 0 13 * 5', 'At 00:00, on day 13 of the month or on Friday'],
  ['0 0 * * 1#2', 'At 00:00, on the second Monday of the month'],
  ['0 0 * * 5L', 'At 00:00, on the last Friday of the month'],
  ['*/15 9-17 * * *', 'Every 15 minutes from 09:00 to 17:59'],
  ['15 * * * *', 'Every hour at minute 15'],
  ['0 0 */2 * *', 'At 00:00, every 2 days of the month'],
] as const)('"%s" reads "%s" (S28)', ([text, words]) => {
  const parsed = parseCron(text)
  expect(parsed.ok && describeCron(parsed.value)).toBe(words)
})

it.for(['UTC', 'Europe/London', 'America/New_York', 'Asia/Tokyo', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])(
  '%s is a time zone (S29)',
  (name) => expect(isTimezone(name)).toBe(true),
)

it.for(['', 'EST', 'CET', '+02:00', 'GMT+2', 'Europe/Atlantis', 'utc+1', ' UTC', 'Mars/Phobos', '../etc/passwd'])(
  '"%s" is not a time zone',
  (name) => expect(isTimezone(name)).toBe(false),
)

import * as z from 'zod'
import { parseCron } from './cron'
import { defineTrigger } from './define-trigger'
import { isTimezone } from './timezone'

const CronText = z
  .string()
  .superRefine((text, ctx) => {
    const parsed = parseCron(text)
    if (parsed.ok) return
    const { code, message, hint } = parsed.error
    ctx.addIssue({ code: 'custom', message, params: { code, hint } })
  })
  .meta({
    title: 'Cron',
    description: 'Five fields: minute hour day-of-month month day-of-week.',
    examples: ['0 9 * * 1-5'],
  })

const Timezone = z
  .string()
  .superRefine((name, ctx) => {
    if (isTimezone(name)) return
    const hint = 'Use an IANA name such as Europe/London, America/New_York or UTC.'
    ctx.addIssue({
      code: 'custom',
      message: `"${name}" is not a time zone.`,
      params: { code: 'timezone_unknown', hint },
    })
  })
  .default('UTC')
  .meta({ title: 'Time zone', description: 'IANA name; clock changes are followed.' })

/** Starts executions by the clock (S26–S33). */
export const schedule = defineTrigger({
  type: 'schedule',
  title: 'Schedule',
  description: 'Starts on a recurring schedule in a time zone.',
  source: 'time',
  available: true,
  credentials: [],
  config: {
    cron: CronText,
    timezone: Timezone,
    enabled: z
      .boolean()
      .default(true)
      .meta({ title: 'Enabled', description: 'false keeps the schedule but never fires it.' }),
    payload: z
      .record(z.string(), z.json())
      .default({})
      .meta({ title: 'Payload', description: 'The input of every execution this schedule starts.' }),
    metadata: z
      .looseObject({ description: z.string().max(1_000).optional() })
      .optional()
      .meta({ title: 'Metadata', description: 'What the schedule is for.' }),
  },
})

import * as z from 'zod'
import { fromIso } from '../kernel/time'
import { LIMITS } from '../model/limits'
import { defineComponent } from './define-component'
import { textField } from './text-field'

type DelayConfig = { seconds?: number | undefined; until?: string | undefined }

const SECONDS_MAX = LIMITS.executionTimeoutMsMax / 1_000
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/

export const delay = defineComponent({
  type: 'delay',
  title: 'Delay',
  description: 'Waits for a while or until an instant, without occupying anything.',
  kind: 'task',
  config: (t): z.ZodType<DelayConfig> =>
    z
      .strictObject({
        seconds: t(
          z.number().min(0).max(SECONDS_MAX).meta({ title: 'Seconds', description: 'How long to wait.' }),
        ).optional(),
        until: textField({
          title: 'Until',
          description: 'ISO 8601 instant with its offset, such as 2026-01-05T09:00:00Z.',
          lengthMin: 1,
        }).optional(),
      })
      .refine(({ seconds, until }) => (seconds === undefined) !== (until === undefined), {
        error: 'Write exactly one of seconds and until',
      }),
  safety: () => 'pure',
  run: ({ seconds = 0, until }, ctx) => {
    if (ctx.waitingSince !== null) return { kind: 'completed', output: { waited_ms: ctx.at - ctx.waitingSince } }
    const untilAt =
      until === undefined ? ctx.at + Math.round(seconds * 1_000) : INSTANT.test(until) ? fromIso(until) : NaN
    if (Number.isNaN(untilAt)) {
      return {
        kind: 'failed',
        failure: {
          code: 'until_invalid',
          message: `'${until}' is not an instant.`,
          hint: 'Write ISO 8601 with its offset, such as 2026-01-05T09:00:00Z.',
        },
      }
    }
    return untilAt <= ctx.at
      ? { kind: 'completed', output: { waited_ms: 0 } }
      : { kind: 'waiting', until: Math.min(untilAt, ctx.at + LIMITS.executionTimeoutMsMax) }
  },
})

import { excerpt } from '../kernel/excerpt'
import * as z from 'zod'
import { fromIso } from '../kernel/time'
import { LIMITS } from '../model/limits'
import { type ConfigFinding, defineComponent } from './define-component'
import { textField } from './text-field'

type DelayConfig = { seconds?: number | undefined; until?: string | undefined }

const SECONDS_MAX = LIMITS.executionTimeoutMsMax / 1_000
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)$/

/** NaN for a text that is no instant. */
const instantOf = (text: string) => (INSTANT.test(text) ? fromIso(text) : Number.NaN)

const untilInvalid = (until: string) => ({
  code: 'until_invalid',
  message: `'${excerpt(until, 100)}' is not an instant.`,
  hint: 'Write ISO 8601 with its offset, such as 2026-01-05T09:00:00Z.',
})

function checkUntil({ until }: Readonly<Record<string, unknown>>): readonly ConfigFinding[] {
  if (typeof until !== 'string' || until === '' || until.includes('{{')) return []
  return Number.isNaN(instantOf(until)) ? [{ pointer: '/until', ...untilInvalid(until) }] : []
}

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
        params: { hint: 'Such as "seconds": 60, or "until": "2026-01-05T09:00:00Z".' },
      }),
  safety: () => 'pure',
  check: checkUntil,
  run: ({ seconds = 0, until }, ctx) => {
    if (ctx.waitingSince !== null) return { kind: 'completed', output: { waited_ms: ctx.at - ctx.waitingSince } }
    const untilAt = until === undefined ? ctx.at + Math.round(seconds * 1_000) : instantOf(until)
    if (Number.isNaN(untilAt)) return { kind: 'failed', failure: untilInvalid(until ?? '') }
    return untilAt <= ctx.at
      ? { kind: 'completed', output: { waited_ms: 0 } }
      : { kind: 'waiting', until: Math.min(untilAt, ctx.at + LIMITS.executionTimeoutMsMax) }
  },
})

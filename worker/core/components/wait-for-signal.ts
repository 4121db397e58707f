import { excerpt } from '../kernel/excerpt'
import * as z from 'zod'
import type { Json } from '../kernel/json'
import { LIMITS } from '../model/limits'
import { SIGNAL_NAME, SIGNAL_NAME_RULE } from '../model/signal-name'
import { defineComponent, type ConfigFinding } from './define-component'
import { textField } from './text-field'

type WaitConfig = {
  signal: string
  timeout_seconds?: number | undefined
  default?: unknown
  choices?: string[] | undefined
}

const SECONDS_MAX = LIMITS.executionTimeoutMsMax / 1_000

function checkName({ signal }: Readonly<Record<string, unknown>>): readonly ConfigFinding[] {
  if (typeof signal !== 'string' || signal.includes('{{') || SIGNAL_NAME.test(signal)) return []
  return [
    { pointer: '/signal', code: 'signal_name_invalid', message: SIGNAL_NAME_RULE, hint: 'Such as approve-order.' },
  ]
}

export const waitForSignal = defineComponent({
  type: 'wait_for_signal',
  title: 'Wait for signal',
  description: 'Waits until somebody sends a signal of this name: a call of the API, or a person who opens its link.',
  kind: 'task',
  config: (t): z.ZodType<WaitConfig> =>
    z.strictObject({
      signal: textField({
        title: 'Signal',
        description:
          'Its name. Expressions read the link that sends it, which works once, as execution.signals.<name>.',
        lengthMin: 1,
      }),
      timeout_seconds: t(
        z.number().min(1).max(SECONDS_MAX).meta({
          title: 'Timeout',
          description: 'Seconds to wait at most; absent = as long as the execution may take.',
        }),
      ).optional(),
      default: z.unknown().optional().meta({
        title: 'Default',
        description: 'The output when no signal came in time; without it the stage fails with signal_timeout.',
      }),
      choices: z.array(z.string().trim().min(1).max(100)).min(1).max(10).optional().meta({
        title: 'Choices',
        description:
          'What the page behind the link offers, such as approve and reject; the output is then {choice, comment}.',
      }),
    }),
  safety: () => 'pure',
  check: checkName,
  run: (config, ctx) => {
    const { signal, timeout_seconds: seconds } = config
    if (!SIGNAL_NAME.test(signal)) {
      const message = `'${excerpt(signal, 100)}' is not the name of a signal. ${SIGNAL_NAME_RULE}`
      return { kind: 'failed', failure: { code: 'signal_name_invalid', message } }
    }
    const waitMs = seconds === undefined ? LIMITS.executionTimeoutMsMax : Math.round(seconds * 1_000)
    const until = (ctx.waitingSince ?? ctx.at) + waitMs
    if (ctx.at < until) return { kind: 'waiting', until, for: { kind: 'signal', name: signal } }
    if (Object.hasOwn(config, 'default')) return { kind: 'completed', output: (config.default ?? null) as Json }
    return {
      kind: 'failed',
      failure: {
        code: 'signal_timeout',
        message: `The signal '${signal}' did not come within ${seconds} seconds.`,
        hint: 'Write a default to go on without it.',
      },
    }
  },
})

import * as z from 'zod'
import type { JsonObject } from '../kernel/json'
import { LOG_LEVELS, type LogLevel } from './context'
import { defineComponent } from './define-component'
import { textField } from './text-field'

type LoggerConfig = { level: LogLevel; message: string; fields?: Record<string, unknown> | undefined }

export const logger = defineComponent({
  type: 'logger',
  title: 'Logger',
  description: 'Writes a line into the trace.',
  kind: 'task',
  config: (t): z.ZodType<LoggerConfig> =>
    z.strictObject({
      level: t(z.enum(LOG_LEVELS).meta({ title: 'Level', description: 'How much the line matters.' })).default('info'),
      message: textField({ title: 'Message', description: 'The line; may hold {{ expressions }}.', lengthMin: 1 }),
      fields: z
        .record(z.string(), z.unknown())
        .optional()
        .meta({ title: 'Fields', description: 'Values to keep beside the line.' }),
    }),
  safety: () => 'pure',
  run: ({ level, message, fields }, ctx) => {
    ctx.log(level, message, fields as JsonObject | undefined)
    return { kind: 'completed', output: { message } }
  },
})

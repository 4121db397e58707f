import * as z from 'zod'
import type { Json } from '../kernel/json'
import { defineComponent } from './define-component'

type TransformConfig = { value: unknown }

export const transform = defineComponent({
  type: 'transform',
  title: 'Transform',
  description: 'Builds a value from expressions.',
  kind: 'task',
  config: (): z.ZodType<TransformConfig> =>
    z.strictObject({
      value: z.unknown().meta({ title: 'Value', description: 'Any JSON; strings may hold {{ expressions }}.' }),
    }),
  safety: () => 'pure',
  run: ({ value }) => ({ kind: 'completed', output: value as Json }),
})

import * as z from 'zod'
import { defineComponent } from './define-component'
import { stageIds, stageListField } from './stage-list-field'

type ConditionalConfig = { condition: boolean; if_true: string[]; if_false: string[] }

export const conditional = defineComponent({
  type: 'conditional',
  title: 'Conditional',
  description: 'Enables one list of stages or the other; stages not chosen are skipped.',
  kind: 'branch',
  config: (t): z.ZodType<ConditionalConfig> =>
    z.strictObject({
      condition: t(z.boolean().meta({ title: 'Condition', description: 'An expression that yields true or false.' })),
      if_true: stageListField('If true', 'Stages enabled when the condition holds.').default([]),
      if_false: stageListField('If false', 'Stages enabled when it does not.').default([]),
    }),
  safety: () => 'pure',
  owns: (config) => [
    { pointer: '/if_true', list: 'if_true', ids: stageIds(config['if_true']), role: 'option' },
    { pointer: '/if_false', list: 'if_false', ids: stageIds(config['if_false']), role: 'option' },
  ],
  run: ({ condition }) => ({
    kind: 'completed',
    output: { result: condition, taken: [condition ? 'if_true' : 'if_false'] },
  }),
})

import * as z from 'zod'
import { defineComponent } from './define-component'
import { stageIds, stageListField } from './stage-list-field'

type TrycatchConfig = { try: string[]; catch: string[]; finally: string[] }

export const trycatch = defineComponent({
  type: 'trycatch',
  title: 'Try, catch, finally',
  description:
    'Runs stages; on the first failure cancels the rest and runs the catch stages; the finally stages run in any case.',
  kind: 'container',
  config: (): z.ZodType<TrycatchConfig> =>
    z.strictObject({
      try: stageListField('Try', 'Stages whose failure is handled here.').min(1),
      catch: stageListField('Catch', 'Stages that run after a failure; when they succeed, it is handled.').default([]),
      finally: stageListField('Finally', 'Stages that run last, whatever happened.').default([]),
    }),
  safety: () => 'pure',
  owns: (config) =>
    ['try', 'catch', 'finally'].map((list) => ({
      pointer: `/${list}`,
      list,
      ids: stageIds(config[list]),
      role: 'scope',
    })),
  run: () => ({
    kind: 'failed',
    failure: { code: 'container_has_no_run', message: 'A trycatch is run by the engine, through its stages.' },
  }),
})

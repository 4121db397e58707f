import * as z from 'zod'
import { LIMITS } from '../model/limits'
import { defineComponent, type OwnedStages } from './define-component'
import { stageIds, stageListField } from './stage-list-field'

type ParallelConfig = { branches: string[][]; max_concurrency?: number | undefined; on_error: 'fail_fast' | 'collect' }

function ownedByBranches(branches: unknown): OwnedStages[] {
  if (!Array.isArray(branches)) return []
  return branches.map((branch: unknown, index) => ({
    pointer: `/branches/${index}`,
    list: `branches/${index}`,
    ids: stageIds(branch),
    role: 'scope',
  }))
}

export const parallel = defineComponent({
  type: 'parallel',
  title: 'Parallel',
  description: 'Runs branches of stages side by side, and goes on when all of them are over.',
  kind: 'container',
  config: (): z.ZodType<ParallelConfig> =>
    z.strictObject({
      branches: z
        .array(stageListField('Branch', 'Stages of this branch.').min(1))
        .min(1)
        .meta({ title: 'Branches', description: 'Lists of stages; a stage belongs to one of them.' }),
      max_concurrency: z.int().min(1).max(LIMITS.stagesMax).optional().meta({
        title: 'Branches at once',
        description: 'How many branches may be at work at a time; absent = all.',
      }),
      on_error: z.enum(['fail_fast', 'collect']).default('fail_fast').meta({
        title: 'When a branch fails',
        description: 'fail_fast: cancel the other branches and fail. collect: let them finish and list what failed.',
      }),
    }),
  safety: () => 'pure',
  owns: (config) => ownedByBranches(config['branches']),
  run: () => ({
    kind: 'failed',
    failure: { code: 'container_has_no_run', message: 'A parallel is run by the engine, through its stages.' },
  }),
})

import * as z from 'zod'
import type { Json } from '../kernel/json'
import { LIMITS } from '../model/limits'
import { defineComponent, type Templating } from './define-component'
import { stageIds, stageListField } from './stage-list-field'

type ForeachConfig = {
  items: unknown
  do: string[]
  max_concurrency: number
  on_error: 'fail_fast' | 'collect'
}

const { foreachItemsMax, foreachConcurrencyMax, foreachConcurrencyDefault } = LIMITS

const isList = (items: unknown): items is readonly Json[] => Array.isArray(items)

function itemsField(t: Templating) {
  return t(
    z
      .unknown()
      .refine(isList, {
        error: 'The items must be a list.',
        params: { code: 'items_not_a_list', hint: 'Name a list, or make one: [value], or split a text.' },
        abort: true,
      })
      .refine((items) => isList(items) && items.length <= foreachItemsMax, {
        error: ({ input }) =>
          `There are ${(input as readonly Json[]).length} items; at most ${foreachItemsMax} may be.`,
        params: {
          code: 'too_many_items',
          hint: 'Take a part of the list with slice, or hand parts to a workflow of their own.',
        },
      }),
  ).meta({ title: 'Items', description: 'The list; what do names runs once for each of its items.' })
}

export const foreach = defineComponent({
  type: 'foreach',
  title: 'For each',
  description: 'Runs stages once for each item of a list; they read it as item and its place, from 0, as index.',
  kind: 'container',
  iterates: true,
  config: (t): z.ZodType<ForeachConfig> =>
    z.strictObject({
      items: itemsField(t),
      do: stageListField('Do', 'Stages that run for each item.').min(1),
      max_concurrency: z.int().min(1).max(foreachConcurrencyMax).default(foreachConcurrencyDefault).meta({
        title: 'Items at once',
        description: 'How many items may be at work at a time.',
      }),
      on_error: z.enum(['fail_fast', 'collect']).default('fail_fast').meta({
        title: 'When an item fails',
        description: 'fail_fast: cancel the others and fail. collect: go on and list what failed.',
      }),
    }),
  safety: () => 'pure',
  owns: (config) => [{ pointer: '/do', list: 'do', ids: stageIds(config['do']), role: 'scope' }],
  run: ({ items }) => ({ kind: 'opened', items: isList(items) ? items : [] }),
})

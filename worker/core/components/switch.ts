import * as z from 'zod'
import type { Json } from '../kernel/json'
import { defineComponent, type OwnedStages } from './define-component'
import { jsonEquals } from './json-equals'
import { stageIds, stageListField } from './stage-list-field'

type SwitchConfig = { value: unknown; cases: { when: unknown; then: string[] }[]; default: string[] }

function ownedByCases(cases: unknown): OwnedStages[] {
  if (!Array.isArray(cases)) return []
  return cases.map((entry: { then?: unknown } | null, index) => ({
    pointer: `/cases/${index}/then`,
    list: `cases/${index}`,
    ids: stageIds(entry?.then),
    role: 'option',
  }))
}

export const switchComponent = defineComponent({
  type: 'switch',
  title: 'Switch',
  description: 'Enables the stages of the first case that equals a value; stages not chosen are skipped.',
  kind: 'branch',
  config: (): z.ZodType<SwitchConfig> =>
    z.strictObject({
      value: z.unknown().meta({ title: 'Value', description: 'What the cases are compared with.' }),
      cases: z
        .array(
          z.strictObject({
            when: z.unknown().meta({ title: 'When', description: 'Matches when equal to the value, type included.' }),
            // oxlint-disable-next-line unicorn/no-thenable -- the document's own word, and a list
            then: stageListField('Then', 'Stages enabled by this case.'),
          }),
        )
        .min(1)
        .meta({ title: 'Cases', description: 'Tried in order; the first match wins.' }),
      default: stageListField('Default', 'Stages enabled when no case matches.').default([]),
    }),
  safety: () => 'pure',
  owns: (config) => [
    ...ownedByCases(config['cases']),
    { pointer: '/default', list: 'default', ids: stageIds(config['default']), role: 'option' },
  ],
  run: ({ value, cases }) => {
    const index = cases.findIndex(({ when }) => jsonEquals(when as Json, value as Json))
    const matched = (cases[index]?.when ?? null) as Json
    return { kind: 'completed', output: { matched, taken: [index < 0 ? 'default' : `cases/${index}`] } }
  },
})

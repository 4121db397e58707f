import { componentOf } from '#core/components/registry'
import { isObject } from '../json/member-of.ts'

/** A stage of a draft, as far as the draft can be understood. */
export type DraftStage = {
  readonly id: string
  readonly component: string
  /** What the component is for, in its own words; empty for one there is not. */
  readonly purpose: string
  readonly dependsOn: readonly string[]
  /** Its output can be given with a test: it does something, rather than decide what others do. */
  readonly isMockable: boolean
}

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []

/** The stages of a draft, in its order. Drafts may be saved unfinished: what has no id is left out. */
export function draftStages(definition: Readonly<Record<string, unknown>>): readonly DraftStage[] {
  const { stages } = definition
  if (!Array.isArray(stages)) return []
  return stages.filter(isObject).flatMap(({ id, component, depends_on: dependsOn }) => {
    if (typeof id !== 'string') return []
    const type = typeof component === 'string' ? component : ''
    const known = componentOf(type)
    return [
      {
        id,
        component: known?.type ?? type,
        purpose: known?.description ?? '',
        dependsOn: texts(dependsOn),
        isMockable: known?.kind === 'task',
      },
    ]
  })
}

import { componentOf } from '../components/registry'
import type { ComponentDefinition, OwnedStages } from '../components/define-component'
import { isJsonObject, type JsonObject } from '../kernel/json'
import { splitRaw } from './split-late'

/** A stage of a document that may still be wrong everywhere: what can be made out of it. */
export type DraftStage = {
  readonly index: number
  /** JSON Pointer of the stage in the document. */
  readonly path: string
  /** `#<index>`, which no id can be, when it has none. */
  readonly id: string
  readonly component: ComponentDefinition | null
  readonly dependsOn: readonly { readonly id: string; readonly path: string }[]
  readonly config: JsonObject
  /** The part of the config in which expressions are expressions. */
  readonly templated: JsonObject
  readonly owned: readonly OwnedStages[]
  readonly join: string
  readonly enabled: boolean
}

function readStage(value: unknown, index: number): DraftStage | null {
  if (!isJsonObject(value)) return null
  const path = `/stages/${index}`
  const component = typeof value['component'] === 'string' ? componentOf(value['component']) : null
  const config = isJsonObject(value['config']) ? value['config'] : {}
  const dependsOn: unknown = value['depends_on']
  return {
    index,
    path,
    id: typeof value['id'] === 'string' ? value['id'] : `#${index}`,
    component,
    dependsOn: (Array.isArray(dependsOn) ? dependsOn : []).flatMap((id: unknown, i) =>
      typeof id === 'string' ? [{ id, path: `${path}/depends_on/${i}` }] : [],
    ),
    config,
    templated: splitRaw(config, component?.raw ?? []).rest,
    owned: component?.owns?.(config) ?? [],
    join: typeof value['join'] === 'string' ? value['join'] : 'all',
    enabled: value['enabled'] !== false,
  }
}

/** The stages of any value that looks like a document. */
export function readDraftStages(document: unknown): readonly DraftStage[] {
  const stages: unknown = isJsonObject(document) ? document['stages'] : undefined
  return (Array.isArray(stages) ? stages : []).flatMap((stage: unknown, index) => readStage(stage, index) ?? [])
}

import { componentOf } from '../components/registry'
import type { CompiledValue } from '../expression/compile-value'
import { isJsonObject, type Json } from '../kernel/json'
import { compileValid } from './split-late'
import type { Workflow } from './document'

/** What a document asks of its surroundings (`needs` of a version). Sorted, unique. */
export type Needs = {
  readonly variables: readonly string[]
  readonly secrets: readonly string[]
  /** Hosts written literally in `url`s. */
  readonly hosts: readonly string[]
  readonly components: readonly string[]
}

const HOST = /^https?:\/\/(?:[^/?#\s{}]*@)?([^/?#\s{}@]+)(?=[/?#]|$)/i

function hostsIn(value: Json): string[] {
  if (Array.isArray(value)) return (value as readonly Json[]).flatMap(hostsIn)
  if (!isJsonObject(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const host = key === 'url' && typeof inner === 'string' ? HOST.exec(inner)?.[1] : undefined
    return host === undefined ? hostsIn(inner) : [host.toLowerCase()]
  })
}

const sorted = (names: Iterable<string>) => [...new Set(names)].toSorted()

function namesOf(compiled: readonly CompiledValue[], kind: 'variable' | 'secret'): string[] {
  return sorted(
    compiled.flatMap(({ references }) => references.flatMap((one) => (one.kind === kind ? (one.name ?? []) : []))),
  )
}

/** What a valid document reads and reaches; `values` is everything compiled in it but its triggers. */
export function needsOf({ stages, triggers }: Workflow, values: readonly CompiledValue[]): Needs {
  const compiled = [...values, compileValid(triggers as unknown as Json)]
  const named = stages.flatMap(({ component, config }) => componentOf(component)?.secrets?.(config) ?? [])
  return {
    variables: namesOf(compiled, 'variable'),
    secrets: sorted([...namesOf(compiled, 'secret'), ...named.map(({ name }) => name)]),
    hosts: sorted(stages.flatMap(({ config }) => hostsIn(config))),
    components: sorted(stages.map(({ component }) => component)),
  }
}

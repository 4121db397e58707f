import type { Json } from '#core/kernel/json'
import type { Scope, StageView } from '#core/expression/scope'

type Parts = {
  input?: Json
  trigger?: Json
  execution?: Json
  vars?: Record<string, Json>
  secrets?: Record<string, string>
  stages?: Record<string, Partial<StageView>>
  output?: Json
  item?: Json
  index?: number
}

const own = <T>(table: Record<string, T> | undefined, name: string) =>
  table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined

/** A scope for tests from plain tables. */
export function scopeOf(parts: Parts = {}): Scope {
  return {
    input: parts.input ?? {},
    trigger: parts.trigger ?? {},
    execution: parts.execution ?? {},
    variable: (name) => own(parts.vars, name),
    secret: (name) => own(parts.secrets, name),
    stage: (id) => {
      const view = own(parts.stages, id)
      return view && { status: 'completed', output: null, error: null, attempts: 1, duration: 5, ...view }
    },
    ...(parts.output === undefined ? {} : { output: parts.output }),
    ...(parts.item === undefined ? {} : { item: parts.item }),
    ...(parts.index === undefined ? {} : { index: parts.index }),
  }
}

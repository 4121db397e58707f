import { compileTemplate } from '#core/expression/compile-template'
import type { Json } from '#core/kernel/json'
import { err, ok, type Result } from '#core/kernel/result'

/** What credentials of a trigger may read: the target environment, and nothing of any execution. */
export type EnvironmentValues = {
  readonly vars: Readonly<Record<string, Json>>
  readonly secrets: Readonly<Record<string, Json>>
}

/**
 * The text of a credential such as `{{ vars.webhook_secret }}` in one environment. An error says why there is none: a missing,
 * empty or structured value is never taken for a credential.
 */
export function resolveCredential(written: string, environment: EnvironmentValues): Result<string, string> {
  const template = compileTemplate(written)
  if (!template.ok) return err(template.error.message)
  const value = template.value.evaluate({
    input: null,
    trigger: null,
    execution: null,
    stage: () => undefined,
    variable: (name) => own(environment.vars, name),
    secret: (name) => own(environment.secrets, name),
  })
  if (!value.ok) return err(value.error.message)
  if (typeof value.value === 'number') return ok(String(value.value))
  if (typeof value.value !== 'string') return err(`${written} is not a text.`)
  return value.value === '' ? err(`${written} is empty.`) : ok(value.value)
}

function own(values: Readonly<Record<string, Json>>, name: string): Json | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined
}

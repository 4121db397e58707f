import type { Issue } from '#core/model/issue'
import { validateWorkflow, type ValidateOptions } from '#core/definition/validate'

/** A stage that does nothing but exist. */
export function step(id: string, dependsOn: readonly string[] = [], more: Readonly<Record<string, unknown>> = {}) {
  return { id, component: 'transform', depends_on: dependsOn, config: { value: id }, ...more }
}

export function conditional(
  id: string,
  ifTrue: readonly string[],
  ifFalse: readonly string[],
  dependsOn: readonly string[] = [],
) {
  const config = { condition: '{{ input.ok }}', if_true: ifTrue, if_false: ifFalse }
  return { id, component: 'conditional', depends_on: dependsOn, config }
}

export function trycatch(
  id: string,
  lists: Readonly<Record<string, readonly string[]>>,
  dependsOn: readonly string[] = [],
) {
  return { id, component: 'trycatch', depends_on: dependsOn, config: lists }
}

export function documentOf(stages: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) {
  return { name: 'test', triggers: [{ type: 'manual' }], stages, ...more }
}

/** What the validator finds, one line each: `code path message`. */
export function findings(document: unknown, options: ValidateOptions = { mode: 'draft' }): string[] {
  return validateWorkflow(document, options).issues.map(lineOf)
}

export function lineOf({ severity, code, path, message, hint }: Issue): string {
  return `${severity === 'warning' ? '~' : ''}${code} ${path}: ${message}${hint === undefined ? '' : ` | ${hint}`}`
}

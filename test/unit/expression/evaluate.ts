import { compileTemplate } from '#core/expression/compile-template'
import type { Scope } from '#core/expression/scope'
import { scopeOf } from './scope'

/** Compiles and evaluates in one go: the value, or `code: message` of what went wrong. */
export function evaluate(text: string, scope: Scope = scopeOf()): unknown {
  const template = compileTemplate(text)
  if (!template.ok) return `${template.error.code}: ${template.error.message}`
  const result = template.value.evaluate(scope)
  return result.ok ? result.value : `${result.error.code}: ${result.error.message}`
}

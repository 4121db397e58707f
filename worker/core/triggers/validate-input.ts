import { isJsonObject, type Json, type JsonObject } from '../kernel/json'
import { err, ok, type Result } from '../kernel/result'
import type { Issue } from '../model/issue'
import { fieldProblem } from './field-problem'
import type { InputField, InputSchema } from './input-schema'

/**
 * Checks an input against a manual trigger's schema and fills in defaults (S13). At most one issue per field, all fields in
 * one pass; fields the schema does not name are kept as they are.
 */
export function validateInput(schema: InputSchema, input: Json): Result<JsonObject, readonly Issue[]> {
  if (!isJsonObject(input)) {
    return err([issue('input_type', '/input', 'The input must be an object.', 'Send {"input": { … }}.')])
  }
  const filled: Record<string, Json> = { ...input }
  const issues: Issue[] = []
  for (const [name, field] of Object.entries(schema)) {
    const value = Object.hasOwn(input, name) ? input[name] : undefined
    if (value === undefined) {
      if (field.default !== undefined) filled[name] = field.default as Json
      else if (field.required === true) issues.push(missing(name, field))
      continue
    }
    const problem = fieldProblem(field, value)
    if (problem !== null)
      issues.push(issue(problem.code, `/input/${name}`, `"${name}" ${problem.text}.`, field.description))
  }
  return issues.length > 0 ? err(issues) : ok(filled)
}

function missing(name: string, field: InputField): Issue {
  return issue(
    'input_required',
    `/input/${name}`,
    `"${name}" is required.`,
    field.description ?? `Give a ${field.type}.`,
  )
}

function issue(code: string, path: string, message: string, hint: string | undefined): Issue {
  return { code, severity: 'error', path, message, ...(hint === undefined ? {} : { hint }) }
}

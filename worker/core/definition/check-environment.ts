import type { PlacedReference } from '../expression/compile-value'
import { nearest } from '../kernel/nearest'
import type { Issue } from '../model/issue'
import type { Expressions } from './check-expressions'
import { errorAt } from './issue-at'

/** Where a document is to run: the names that have a value there. */
export type TargetEnvironment = {
  readonly name: string
  readonly variables: ReadonlySet<string>
  readonly secrets: ReadonlySet<string>
  /** Variables that are masked like secrets. */
  readonly secretVariables?: ReadonlySet<string>
}

function checkName(reference: PlacedReference, path: string, environment: TargetEnvironment): Issue[] {
  const { kind, name, optional } = reference
  if ((kind !== 'variable' && kind !== 'secret') || name === null) return []
  const [own, other] =
    kind === 'variable' ? [environment.variables, environment.secrets] : [environment.secrets, environment.variables]
  if (own.has(name)) return []
  if (kind === 'variable' && environment.secrets.has(name)) return [secretAsVariable(name, path, environment)]
  if (optional) return []
  const root = kind === 'variable' ? 'vars' : 'secrets'
  const close = nearest(name, own)
  const hint = other.has(name)
    ? `It is a variable: write vars.${name}.`
    : close === null
      ? `Set it in ${environment.name}, or give a default: ${root}.${name} ?? ''.`
      : `Did you mean ${root}.${close}?`
  return [errorAt(`unset_${kind}`, path, `The ${kind} “${name}” is not set in ${environment.name}`, hint)]
}

/** Also where a default is given: whoever wrote it meant the secret. */
function secretAsVariable(name: string, path: string, { name: where }: TargetEnvironment): Issue {
  const message = `${name} is a secret in ${where}, not a variable`
  return errorAt('secret_as_variable', path, message, `Write secrets.${name}.`)
}

/** Variables and secrets without a value in the target environment, and a document that may not go there. */
export function checkEnvironment(
  guard: unknown,
  expressions: readonly Expressions[],
  environment: TargetEnvironment,
): readonly Issue[] {
  const allowed = typeof guard === 'string' ? [guard] : Array.isArray(guard) ? (guard as unknown[]) : null
  const mismatch =
    allowed === null || allowed.includes(environment.name)
      ? []
      : [
          errorAt(
            'environment_mismatch',
            '/environment',
            `The document is for ${allowed.join(', ')}, not for ${environment.name}`,
            `Add ${environment.name} to environment, or deploy elsewhere.`,
          ),
        ]
  const unset = expressions.flatMap(({ path, references }) =>
    references.flatMap((reference) => checkName(reference, path + reference.path, environment)),
  )
  return [...mismatch, ...unset]
}

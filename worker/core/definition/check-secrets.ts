import type { PlacedReference } from '../expression/compile-value'
import { FUNCTIONS } from '../expression/functions/index'
import type { Issue } from '../model/issue'
import type { Expressions } from './check-expressions'
import { errorAt } from './issue-at'

const MARKED_NONE: ReadonlySet<string> = new Set()

function hint(): string {
  const allowed = [...FUNCTIONS.values()].flatMap(({ name, secretUse }) => (secretUse === undefined ? [] : `${name}()`))
  return (
    `Use it whole, inside a text, with == or in one of ${allowed.join(', ')}; encode it once. ` +
    'Store a part that is needed alone as a secret of its own.'
  )
}

/**
 * Secrets that an expression takes apart or changes, so that neither masking nor `allowedHosts` would know them again: a
 * warning while drafting, an error at deploy. `marked`: variables of the target that are secret.
 */
export function checkSecrets(
  expressions: readonly Expressions[],
  severity: Issue['severity'],
  marked: ReadonlySet<string> = MARKED_NONE,
): readonly Issue[] {
  const isSecret = ({ kind, name }: PlacedReference) =>
    kind === 'secret' || (kind === 'variable' && marked.has(name ?? ''))
  return expressions.flatMap(({ path, references }) =>
    references.flatMap((reference) => {
      const { kind, name, changedBy } = reference
      if (changedBy === undefined || !isSecret(reference)) return []
      const subject = kind === 'secret' ? `The secret “${name}”` : `The variable “${name}”, which is secret,`
      const message = `${subject} is changed by ${changedBy} into what cannot be masked`
      return [{ ...errorAt('secret_taken_apart', path + reference.path, message, hint()), severity }]
    }),
  )
}

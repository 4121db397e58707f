import { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import type { Failure } from '#core/model/failure'
import type { Issue } from '#core/model/issue'
import type { ReleaseParts } from '#core/shard/wire'

const CODE = 'environment_unavailable'

/** What is told about a release whose sealed values do not open: why, once for the execution and once for each secret. */
export type UnreadableRelease = {
  readonly failure: Failure & { readonly code: typeof CODE }
  readonly issues: readonly Issue[]
}

/** Names what the release needs, from its document: no value of it can be known. */
export function unreadableRelease(environment: string, parts: ReleaseParts | null): UnreadableRelease {
  const version = parts === null ? 'The version' : `Version ${parts.summary.version}`
  const secrets = parts === null ? [] : compilePlan(Workflow.parse(JSON.parse(parts.document))).needs.secrets
  const named = secrets.length === 0 ? 'its values' : `the values of ${secrets.join(', ')}`
  const failure: Failure & { code: typeof CODE } = {
    code: CODE,
    message: `${version} was released to ${environment} with values that cannot be opened any more: ${named}.`,
    hint: secrets.length === 0 ? 'Deploy the workflow again.' : howToSet(environment, secrets.join(', ')),
  }
  const issues = secrets.map((name) => ({
    code: 'secret_unreadable',
    severity: 'error' as const,
    path: '/environment',
    message: `The secret '${name}' of ${environment} cannot be opened.`,
    hint: howToSet(environment, name),
  }))
  const whole = { code: CODE, severity: 'error' as const, path: '/environment', message: failure.message }
  return { failure, issues: issues.length > 0 ? issues : [{ ...whole, hint: failure.hint ?? '' }] }
}

function howToSet(environment: string, names: string): string {
  return `Set ${names} again with PUT /v1/environments/${environment}/secrets: that releases the workflow anew.`
}

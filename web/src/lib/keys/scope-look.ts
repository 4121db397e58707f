import { coversScope, PLAIN_SCOPES, type PlainScope, type Role, ROLE_SCOPES, ROLES } from '#core/contract/scopes'

export const SCOPE_GROUPS = ['Executions', 'Workflows', 'Environments', 'Deployments', 'Organization'] as const
type Group = (typeof SCOPE_GROUPS)[number]

const WORDS: Readonly<Record<PlainScope, readonly [Group, string]>> = {
  'workflows:read': ['Workflows', 'Read workflows and deployments'],
  'workflows:write': ['Workflows', 'Write drafts'],
  'versions:write': ['Workflows', 'Publish versions'],
  'executions:read': ['Executions', 'Read executions'],
  'executions:run': ['Executions', 'Run, retry and replay'],
  'executions:manage': ['Executions', 'Cancel, answer and remove'],
  'schedules:write': ['Workflows', 'Change schedules'],
  'variables:read': ['Environments', 'Read variables'],
  'variables:write': ['Environments', 'Set variables'],
  'secrets:write': ['Environments', 'Set secrets'],
  'environments:write': ['Environments', 'Make environments'],
  'keys:write': ['Organization', 'Make and end API keys'],
  'members:write': ['Organization', 'Decide about members'],
  'audit:read': ['Organization', 'Read the audit'],
}

type ScopeOption = {
  readonly value: string
  readonly text: string
  readonly hint: string
  readonly disabled: boolean
}

/** The scopes of a group as choices; what who makes the key does not hold cannot be given. */
export function scopeOptions(
  group: Group,
  environments: readonly string[],
  held: readonly string[],
): readonly ScopeOption[] {
  const plain = PLAIN_SCOPES.filter((scope) => WORDS[scope][0] === group).map(
    (scope) => [scope, WORDS[scope][1]] as const,
  )
  const places = environments.map((name) => [`deploy:${name}`, `Deploy to ${name}`] as const)
  const deploy = [['deploy:*', 'Deploy to every environment'] as const, ...places]
  return [...plain, ...(group === 'Deployments' ? deploy : [])].map(([value, text]) => ({
    value,
    text,
    hint: value,
    disabled: !coversScope(held, value),
  }))
}

/** What a role may do, as far as who makes the key may do it. */
export function scopesOfRole(role: Role, held: readonly string[]): readonly string[] {
  return ROLE_SCOPES[role].filter((scope) => coversScope(held, scope))
}

/** The first role that may do exactly this, or null. */
export function roleOfScopes(scopes: readonly string[]): Role | null {
  const same = (role: Role) =>
    ROLE_SCOPES[role].length === scopes.length && ROLE_SCOPES[role].every((scope) => scopes.includes(scope))
  return ROLES.find(same) ?? null
}

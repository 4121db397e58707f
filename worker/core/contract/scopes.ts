import * as z from 'zod'

/** Scopes that are not bound to an environment. */
export const PLAIN_SCOPES = [
  'workflows:read',
  'workflows:write',
  'versions:write',
  'executions:read',
  'executions:run',
  'executions:manage',
  'schedules:write',
  'variables:read',
  'variables:write',
  'secrets:write',
  'environments:write',
  'keys:write',
  'members:write',
  'audit:read',
] as const
export type PlainScope = (typeof PLAIN_SCOPES)[number]

/** `deploy:<environment>`; `deploy:*` covers every environment. */
export type Scope = PlainScope | `deploy:${string}`

const DEPLOY_SCOPE = /^deploy:(\*|[a-z][a-z0-9-]{0,62})$/

/** A scope as a key names it. */
export const ScopeShape = z.string().refine((text): text is Scope => isScope(text), {
  error: (issue) =>
    `'${String(issue.input)}' is not a scope; scopes are ${PLAIN_SCOPES.join(', ')} and deploy:<environment>`,
})

function isScope(text: string): boolean {
  return (PLAIN_SCOPES as readonly string[]).includes(text) || DEPLOY_SCOPE.test(text)
}

/** Whether `held` allows what `needed` asks for. */
export function coversScope(held: readonly string[], needed: Scope): boolean {
  return held.includes(needed) || (needed.startsWith('deploy:') && held.includes('deploy:*'))
}

export const ROLES = ['viewer', 'runner', 'editor', 'deployer', 'admin', 'owner'] as const
export type Role = (typeof ROLES)[number]

const VIEWER: readonly Scope[] = ['workflows:read', 'executions:read', 'variables:read']
const RUNNER: readonly Scope[] = [...VIEWER, 'executions:run', 'executions:manage']
const EDITOR: readonly Scope[] = [...RUNNER, 'workflows:write', 'versions:write']
const DEPLOYER: readonly Scope[] = [...EDITOR, 'deploy:*', 'schedules:write', 'variables:write', 'secrets:write']
const ADMIN: readonly Scope[] = [...PLAIN_SCOPES, 'deploy:*']

/** What a member may do in the dashboard. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: VIEWER,
  runner: RUNNER,
  editor: EDITOR,
  deployer: DEPLOYER,
  admin: ADMIN,
  owner: ADMIN,
}

/** Roles that can be given for a project; who decides about members sees every project anyway. */
export const PROJECT_ROLES = ['runner', 'editor', 'deployer'] as const satisfies readonly Role[]
export type ProjectRole = (typeof PROJECT_ROLES)[number]

const ABOUT_WORKFLOWS: readonly Scope[] = [
  'executions:run',
  'executions:manage',
  'workflows:write',
  'versions:write',
  'schedules:write',
  'deploy:*',
]

/** What a role given for a project allows there: what is about workflows, and nothing that projects share. */
export function projectScopes(role: ProjectRole): readonly Scope[] {
  return ROLE_SCOPES[role].filter((scope) => ABOUT_WORKFLOWS.includes(scope))
}

/** Whether `role` is at most `own`. */
export function isWithinRole(role: Role, own: Role): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(own)
}

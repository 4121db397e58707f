import { coversScope, type ProjectRole, type Role, type Scope } from '#core/contract/scopes'
import type { EpochMs } from '#core/kernel/time'
import type { Actor } from '#core/release/wire'
import { AppError } from './app-error'

/** Who is asking, and what they may do. Made by the HTTP layer from a key or a session. */
export type Caller = {
  readonly organizationId: string
  readonly actor: Actor
  readonly scopes: readonly string[]
  /** Environments a key is limited to; null = all. */
  readonly environments: readonly string[] | null
  /** Workflows a key is limited to, or a member who is shut out of a project; null = all. */
  readonly workflowIds: readonly string[] | null
  /** Projects that are closed to a member. What is in them is not among `workflowIds`. */
  readonly closedProjectIds: readonly string[]
  /** What a member may do in projects beyond their role in the organization. */
  readonly projectRoles: readonly { readonly id: string; readonly role: ProjectRole }[]
  /** Set for a call that only roles in projects allow: these projects, for what they allow it, and what else they see. */
  readonly only?: {
    readonly projectIds: readonly string[]
    readonly scope: Scope
    readonly seenWorkflowIds: readonly string[] | null
  }
  readonly via:
    | { readonly kind: 'key'; readonly id: string; readonly name: string }
    | {
        readonly kind: 'session'
        readonly tokenHash: string
        readonly csrfToken: string
        readonly role: Role
        readonly expiresAt: EpochMs
      }
}

/** Refuses with the scope's name when the caller lacks it. */
export function requireScope(caller: Caller, scope: Scope): void {
  if (!coversScope(caller.scopes, scope)) throw missingScope(scope)
}

/** What a call is refused with that its caller may not make. */
export function missingScope(scope: Scope): AppError {
  return new AppError('missing_scope', { detail: `The scope '${scope}' is missing.`, extra: { scope } })
}

/** Refuses an environment that a key was not made for. */
export function requireEnvironment(caller: Caller, environment: string): void {
  if (caller.environments !== null && !caller.environments.includes(environment)) {
    throw new AppError('missing_scope', { detail: `This key is not made for the environment '${environment}'.` })
  }
}

/**
 * To a caller who is limited to some workflows, the others do not exist, and neither does what belongs to them: `absent` is what
 * a made-up id of such a thing is refused with. Those they only may look at are refused as such.
 */
export function requireWorkflow(
  { workflowIds, only }: Caller,
  workflowId: string,
  absent: AppError = unknown('workflow', workflowId),
): void {
  if (workflowIds === null || workflowIds.includes(workflowId)) return
  if (only !== undefined && (only.seenWorkflowIds?.includes(workflowId) ?? true)) throw missingScope(only.scope)
  throw absent
}

/** Refuses a project whose role does not allow the call. */
export function requireProject({ only }: Caller, projectId: string): void {
  if (only?.projectIds.includes(projectId) === false) throw missingScope(only.scope)
}

/** Refuses a key that was made for some environments or workflows, where the call is about all of them. */
export function requireUnlimited({ environments, workflowIds }: Caller): void {
  if (environments === null && workflowIds === null) return
  throw new AppError('missing_scope', { detail: 'This key is limited, and the call is about the whole organization.' })
}

/** What a thing of another organization and a thing that never was have in common. */
export function unknown(noun: string, id: string): AppError {
  return new AppError('not_found', { detail: `There is no ${noun} '${id}'.` })
}

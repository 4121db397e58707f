import { nearest } from '#core/kernel/nearest'
import type { Issue } from '#core/model/issue'
import { AppError } from './app-error'
import type { ServiceContext } from './service-context'

type Targets = {
  readonly scopes: readonly string[]
  readonly environments?: readonly string[] | null | undefined
  readonly workflowIds?: readonly string[] | null | undefined
}

const DEPLOY = 'deploy:'
const LOOKED_AT_MAX = 200

/**
 * Refuses what a key is to be made for and is not there: environments, also those of `deploy:<environment>`, and workflows. A
 * limited caller names only what is within its limits by now, and is given no hint beyond them.
 */
export async function requireKnownTargets(ctx: ServiceContext, targets: Targets): Promise<void> {
  const issues = [...(await unknownEnvironments(ctx, targets)), ...(await unknownWorkflows(ctx, targets))]
  if (issues.length > 0) throw new AppError('request_invalid', { detail: issues[0]?.message ?? '', issues })
}

async function unknownEnvironments(ctx: ServiceContext, { scopes, environments }: Targets): Promise<readonly Issue[]> {
  const named = [
    ...scopes.flatMap((scope, i) =>
      scope.startsWith(DEPLOY) && scope !== 'deploy:*'
        ? [{ name: scope.slice(DEPLOY.length), path: `/scopes/${i}`, prefix: DEPLOY }]
        : [],
    ),
    ...(environments ?? []).map((name, i) => ({ name, path: `/environments/${i}`, prefix: '' })),
  ]
  if (named.length === 0) return []
  const names = (await ctx.stores.environments.list()).map(({ name }) => name)
  return named
    .filter(({ name }) => !names.includes(name))
    .map(({ name, path, prefix }) => {
      const near = nearest(name, names)
      const hint = near === null ? `There are ${names.join(', ')}.` : `Did you mean '${prefix}${near}'?`
      return {
        code: 'unknown_environment',
        severity: 'error',
        path,
        message: `There is no environment '${name}'`,
        hint,
      }
    })
}

async function unknownWorkflows(ctx: ServiceContext, { workflowIds }: Targets): Promise<readonly Issue[]> {
  if (workflowIds == null) return []
  const { workflows } = ctx.stores
  const found = await workflows.list({ limit: LOOKED_AT_MAX, ids: workflowIds })
  const known = new Set(found.items.map(({ id }) => id))
  if (workflowIds.every((id) => known.has(id))) return []
  const { items } = await workflows.list({ limit: LOOKED_AT_MAX, ids: ctx.caller.workflowIds ?? undefined })
  // Names are what people write where an id is asked for.
  const idOf = new Map(items.flatMap(({ id, name }) => [[name, id] as const, [id, id] as const]))
  return workflowIds.flatMap((id, i): Issue[] => {
    if (known.has(id)) return []
    const near = nearest(id, idOf.keys())
    const hint = near === null ? 'GET /v1/workflows lists their ids.' : `Did you mean '${idOf.get(near)}'?`
    const message = `There is no workflow '${id}'`
    return [{ code: 'unknown_workflow', severity: 'error', path: `/workflowIds/${i}`, message, hint }]
  })
}

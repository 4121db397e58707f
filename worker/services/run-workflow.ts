import { RUN_WAIT_MS_MAX } from '#core/contract/run'
import type { JsonObject } from '#core/kernel/json'
import type { ExecutionStatus } from '#core/model/execution-status'
import { isTerminalStatus } from '#core/model/execution-status'
import type { ExecutionResult } from '#core/shard/result'
import type { DeploymentRow } from '../ports/deployment-store'
import { AppError } from './app-error'
import { requireEnvironment } from './caller'
import { type RunOptions, runTerms } from './run-options'
import type { ServiceContext } from './service-context'
import { startExecution } from './start-execution'
import { type Idempotency, startKey } from './start-key'
import { findEnvironment } from './target-environment'
import { findWorkflow } from './workflows'

export type RunWish = RunOptions & {
  readonly workflowId: string
  readonly environment?: string | undefined
  readonly input: JsonObject
  readonly version?: string | number | undefined
  readonly wait: boolean | number
}

export type Run = {
  readonly executionId: string
  readonly status: ExecutionStatus
  /** An earlier call with the same Idempotency-Key started it. */
  readonly isRepeated: boolean
  /** Present once it ended while the caller waited. */
  readonly result: ExecutionResult | null
  readonly environment: string
  readonly version: string
}

/** Starts an execution; with `wait` stays until it ended or patience is over. */
export async function runWorkflow(ctx: ServiceContext, wish: RunWish, idempotency: Idempotency): Promise<Run> {
  await findWorkflow(ctx, wish.workflowId)
  const deployment = await chooseDeployment(ctx, wish.workflowId, wish.environment)
  requireEnvironment(ctx.caller, deployment.environment)
  const patienceMs = wish.wait === true ? RUN_WAIT_MS_MAX : wish.wait === false ? 0 : wish.wait
  const { accepted, release } = await startExecution(ctx, {
    ref: deployment.ref,
    version: wish.version,
    input: wish.input,
    ...runTerms(wish, ctx.clock()),
    key: startKey(ctx, 'run', idempotency),
    claim: patienceMs > 0,
  })
  const start = { executionId: accepted.id, environment: deployment.environment, version: release.version }
  const isWatched = patienceMs > 0 || accepted.duplicate
  const seen = isWatched
    ? await ctx.ingress.complete(accepted, patienceMs)
    : { status: 'pending' as const, result: null }
  return {
    ...start,
    isRepeated: accepted.duplicate,
    status: seen.status,
    result: isTerminalStatus(seen.status) ? seen.result : null,
  }
}

/** The environment named; else the primary one, else the only one the workflow is active in. */
export async function chooseDeployment(
  ctx: ServiceContext,
  workflowId: string,
  name: string | undefined,
): Promise<DeploymentRow> {
  if (name !== undefined) {
    const environment = await findEnvironment(ctx, name)
    const deployment = await ctx.stores.deployments.findByPlace(workflowId, environment.id)
    if (deployment?.snapshot != null) return deployment
    throw new AppError('not_deployed', { detail: `The workflow was never deployed to ${name}.` })
  }
  const deployed = (await ctx.stores.deployments.listByWorkflow(workflowId)).filter((row) => row.snapshot !== null)
  const primary = (await ctx.stores.environments.list()).find((environment) => environment.isPrimary)
  const inPrimary = deployed.find((row) => row.environmentId === primary?.id)
  if (inPrimary !== undefined) return inPrimary
  const active = deployed.filter((row) => row.status === 'active')
  const [only = deployed[0]] = active
  if (only === undefined) throw new AppError('not_deployed', { detail: 'The workflow was never deployed.' })
  if (active.length <= 1 && (active.length === 1 || deployed.length === 1)) return only
  const environments = (active.length > 0 ? active : deployed).map((row) => row.environment).toSorted()
  throw new AppError('environment_required', {
    detail: `The workflow is deployed to ${environments.join(', ')}; name one.`,
    extra: { environments },
  })
}

import type { ChildAnswer, ChildRequest } from '#core/components/context'
import { readTraceParent, traceParent } from '#core/components/trace-parent'
import { err, ok, type Result } from '#core/kernel/result'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Failure } from '#core/model/failure'
import type { Issue } from '#core/model/issue'
import { LIMITS } from '#core/model/limits'
import type { Digest } from '../ports/digest'
import type { Ingress, IngressRefusal, Prepared } from '../ports/ingress'
import type { Stores } from '../ports/stores'
import type { Vault } from '../ports/vault'
import { checkInput, openEndpoint } from './endpoint-of'
import type { ChildOf, RunnerDeps } from './runner/runner-deps'

export type ChildDeps = {
  readonly storesOf: (organizationId: string) => Pick<Stores, 'workflows' | 'deployments'>
  readonly ingress: Ingress
  readonly vault: Vault
  readonly digest: Digest
  readonly report: RunnerDeps['report']
}

type Refused = { readonly refused: Extract<ChildAnswer, { kind: 'failed' }> }

/**
 * Starts the workflow a stage names, in the stage's own organization and environment. The key makes it one execution
 * however often a runner asks (I5). Never rejects: what cannot be reached now may be reached later.
 */
export async function startChild(deps: ChildDeps, parent: ChildOf, request: ChildRequest): Promise<ChildAnswer> {
  const depth = (parent.work.cause.parent?.depth ?? 0) + 1
  if (depth > LIMITS.workflowDepthMax) {
    return refusal(
      'workflow_too_deep',
      `Workflows may call each other ${LIMITS.workflowDepthMax} levels deep.`,
      'Does this workflow call itself?',
    )
  }
  try {
    const ref = await findTarget(deps, parent.config, request.workflow)
    return ref.ok ? await accept(deps, parent, { ref: ref.value, depth, request }) : ref.error
  } catch (error) {
    deps.report('child_not_started', { executionId: parent.work.id, stage: parent.stage, error: String(error) })
    return later(`The workflow '${request.workflow}' could not be looked up.`)
  }
}

async function accept(
  deps: ChildDeps,
  { work, stage, config: own }: ChildOf,
  { ref, depth, request }: { ref: string; depth: number; request: ChildRequest },
): Promise<ChildAnswer> {
  const key = deps.digest('child:', work.id, ':', stage)
  const { test, hops } = work.cause
  const traceparent = traceOf(work, stage)
  const accepted = await deps.ingress.accept<Refused>(ref, key, async (config) => {
    if (config.organizationId !== own.organizationId) return err({ refused: notLive(request.workflow, own) })
    const live = config.releases.find(({ pin }) => pin === config.active)
    if (live === undefined || config.status === 'undeployed' || config.status === 'placed') {
      return err({ refused: notLive(request.workflow, own) })
    }
    const endpoint = await openEndpoint(deps.vault, config, live)
    if (endpoint === null) return err({ refused: unreadable(request.workflow, own) })
    const input = checkInput(endpoint, request.input)
    if (!input.ok) return err({ refused: inputRefused(input.error) })
    const parent = { executionId: work.id, stage, depth, waits: request.waits }
    return ok<Prepared>({
      pin: live.pin,
      cause: {
        type: 'workflow',
        triggerId: null,
        actor: null,
        parent,
        traceparent,
        ...(test === true && { test }),
        ...(hops !== undefined && { hops }),
      },
      payload: JSON.stringify(input.value),
      key,
      // Whatever the input has become in the meantime: the child of this stage exists already.
      fingerprint: '',
    })
  })
  if (accepted.ok) return { kind: 'started', executionId: accepted.value.id }
  return 'refused' in accepted.error ? accepted.error.refused : refusedBy(accepted.error, request.workflow, own)
}

/** A child is part of its parent's trace, below the stage that started it. */
function traceOf({ id, cause }: ChildOf['work'], stage: string): string {
  const own = { executionId: id, idempotencyKey: `${id}:${stage}`, attempt: 1 }
  const outer = cause.traceparent ?? readTraceParent(textOf(cause.request?.headers['traceparent']))
  return traceParent({ ...own, ...(outer !== undefined && { traceparent: outer }) })
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** The deployment of a workflow, by id or name, where its caller runs. */
async function findTarget(
  deps: ChildDeps,
  { organizationId, environmentId, environment }: DeploymentConfig,
  name: string,
): Promise<Result<string, ChildAnswer>> {
  const { workflows, deployments } = deps.storesOf(organizationId)
  const [named] = (await workflows.list({ name, limit: 1, cursor: undefined })).items
  const found = name.startsWith('workflow_') ? ((await workflows.find(name)) ?? named) : named
  if (found === undefined) {
    return err(refusal('workflow_unknown', `There is no workflow '${name}'.`, 'Name one by its id or its exact name.'))
  }
  const deployment = await deployments.findByPlace(found.id, environmentId)
  if (deployment === null || deployment.snapshot === null) return err(notLive(name, { environment }))
  return ok(deployment.ref)
}

function refusal(code: string, message: string, hint?: string): Extract<ChildAnswer, { kind: 'failed' }> {
  const failure: Failure = { code, message, ...(hint !== undefined && { hint }) }
  return { kind: 'failed', failure }
}

function inputRefused([first]: readonly Issue[]) {
  const hint = first?.hint ?? 'The manual trigger of the workflow that is called says what it takes.'
  return refusal('input_invalid', first?.message ?? 'The input is invalid.', hint)
}

function notLive(name: string, { environment }: Pick<DeploymentConfig, 'environment'>) {
  return refusal('workflow_not_deployed', `The workflow '${name}' is not live in ${environment}.`, 'Deploy it there.')
}

function unreadable(name: string, { environment }: Pick<DeploymentConfig, 'environment'>) {
  const message = `The workflow '${name}' was released to ${environment} with values that cannot be opened any more.`
  return refusal('environment_unavailable', message, 'Set the secrets it names again, or deploy it again.')
}

function later(message: string, retryAfterMs?: number): ChildAnswer {
  const failure = { code: 'workflow_unavailable', message }
  return { kind: 'failed', failure, transient: true, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

function refusedBy({ code }: IngressRefusal, name: string, place: Pick<DeploymentConfig, 'environment'>): ChildAnswer {
  switch (code) {
    case 'not_found':
    case 'undeployed':
      return notLive(name, place)
    case 'paused':
      return refusal('workflow_paused', `The workflow '${name}' is paused in ${place.environment}.`, 'Resume it.')
    case 'key_reused':
    case 'rate_limited':
    case 'too_many_live':
    case 'outcome_unknown':
      return later(`The workflow '${name}' did not take another execution: ${code}.`, 1_000)
  }
}

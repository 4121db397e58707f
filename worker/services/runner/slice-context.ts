import type { CodeInvocation } from '#core/components/code-call'
import type { ChildRequest, ComponentContext, HttpRequest, WebhookResponse } from '#core/components/context'
import type { PlannedStage } from '#core/definition/plan'
import type { JournalEvent } from '#core/engine/event'
import type { Redact } from '#core/engine/redact'
import { runStage } from '#core/engine/run-stage'
import { plannedStage, type ExecutionState } from '#core/engine/state'
import type { World } from '#core/engine/world'
import type { Json, JsonObject } from '#core/kernel/json'
import type { EpochMs } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Work } from '#core/shard/wire'
import type { CodeHost } from '../../ports/code-runner'
import { authorizeRequests } from './authorize-requests'
import { confineCode, secretsHanded } from './confine-code'
import { countHops } from './count-hops'
import type { Inbox } from './inbox'
import { guardPrompts } from './guard-prompts'
import { guardSecrets } from './guard-secrets'
import type { JournalBuffer } from './journal-buffer'
import { firstResponse } from '#core/shard/first-response'
import { createEventWriter } from './keep-output'
import type { LeaseClock } from './lease-clock'
import type { LoadedRelease } from './release-cache'
import type { RunnerDeps } from './runner-deps'
import type { ShardWriter } from './shard-writer'

/** One execution to run, under one lease. */
export type Job = {
  readonly work: Work
  readonly config: DeploymentConfig
  readonly release: LoadedRelease
  readonly writer: ShardWriter
  readonly lease: LeaseClock
  /** The execution's own limit on this runner's clock. */
  readonly deadlineAt: EpochMs
  /** No stage starts that might not end before this. */
  readonly sliceEndsAt: EpochMs
  /** Told once an answer for the webhook's caller is durable. */
  readonly onResponse?: (response: WebhookResponse) => void
}

/** What an attempt and the slice it runs in tell each other. */
export type AroundAttempt = { readonly signal: () => AbortSignal } & Required<Pick<CodeHost, 'queued'>>

/** What a slice needs besides its state. */
export type SliceContext = {
  readonly deps: RunnerDeps
  readonly job: Job
  readonly buffer: JournalBuffer
  readonly inbox: Inbox
  readonly world: World
  stage(id: string): PlannedStage
  runStage(
    state: ExecutionState,
    stage: string,
    attempt: number,
    around: AroundAttempt,
  ): JournalEvent | Promise<JournalEvent>
  serialize(event: JournalEvent): string
}

export function createSliceContext(
  deps: RunnerDeps,
  job: Job,
  parts: Pick<SliceContext, 'buffer' | 'inbox'> & { readonly signalLinks: JsonObject },
): SliceContext {
  const { plan, redact, guards, secretHosts, tokens, code } = job.release
  const guarded = guardSecrets(countHops(deps.http, (job.work.cause.hops ?? 0) + 1), guards)
  const { organizationId } = job.config
  const http = authorizeRequests(guarded, { tokens, organizationId, clock: deps.clock, sleep: deps.sleep })
  const ai = guardPrompts(deps.ai, guards)
  const world = worldOf(job, parts.signalLinks)
  let mayRespond = job.work.cause.answers === true && firstResponse(job.work.journal) === null
  const writer = createEventWriter(job.work, job.config, deps.outputs)
  return {
    ...parts,
    deps,
    job,
    world,
    stage: (id) => plannedStage(plan, id),
    runStage(state, stage, attempt, { signal, queued }) {
      const ports = {
        now: deps.clock,
        redact,
        mayRespond: () => mayRespond,
        startChild: (address: string, request: ChildRequest) =>
          deps.startChild({ work: job.work, config: job.config, stage: address }, maskInput(redact, request)),
        http: (request: Parameters<RunnerDeps['http']>[0]) => http(request, signal()),
        ai: (request: Parameters<RunnerDeps['ai']>[0]) => ai(request, signal()),
        code: (call: CodeInvocation, log: ComponentContext['log']) => {
          const send = confineCode(http, secretsHanded(plannedStage(plan, stage)), secretHosts)
          const host = { signal: signal(), queued, log, http: (request: HttpRequest) => send(request, signal()) }
          return deps.code({ ...call, bundle: code }, host)
        },
      }
      const event = runStage({ state, stage, attempt, world, ports })
      if ('response' in event) mayRespond = false
      return event instanceof Promise ? event.then(writer.keep) : writer.keep(event)
    },
    serialize: writer.serialize,
  }
}

/** A child keeps what it is given, and masks only secrets of its own. */
function maskInput(redact: Redact, request: ChildRequest): ChildRequest {
  return { ...request, input: redact(request.input) as JsonObject }
}

function worldOf({ work, config, release }: Job, signalLinks: JsonObject): World {
  const { variables, secrets, summary } = release
  const { cause } = work
  const traceparent = cause.traceparent ?? cause.request?.headers['traceparent']
  return {
    get executionId() {
      return work.id
    },
    signalLinks,
    workflow: config.workflowName,
    version: summary.version,
    environment: config.environment,
    triggerType: cause.type,
    input: JSON.parse(work.payload) as Json,
    trigger: {
      ...cause.request,
      type: cause.type,
      id: cause.triggerId,
      ...(cause.nominalAt !== undefined && { scheduledAt: new Date(cause.nominalAt).toISOString() }),
    },
    ...(typeof traceparent === 'string' && { traceparent }),
    ...(cause.mocks !== undefined && { mocks: cause.mocks }),
    variable: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    secret: (name) => (Object.hasOwn(secrets, name) ? secrets[name] : undefined),
  }
}

import type { CodeAnswer, CodeCall, CodeInvocation } from '../components/code-call'
import type {
  ChildAnswer,
  ChildRequest,
  ComponentContext,
  LogLine,
  Outcome,
  WebhookResponse,
} from '../components/context'
import type { Scope } from '../expression/scope'
import { isJsonObject, type Json, type JsonObject } from '../kernel/json'
import { setOwn } from '../kernel/set-own'
import type { Clock, EpochMs } from '../kernel/time'
import { LIMITS } from '../model/limits'
import type { Failure } from '../model/failure'
import { checkOutput } from './check-output'
import { checkJson } from './check-json'
import { EVENT_VERSION, type JournalEvent } from './event'
import { evaluateLate } from './evaluate-late'
import { judgeAttempt, type Judgement } from './judge-attempt'
import type { Redact } from './redact'
import { redactOutput } from './redact-output'
import { resolveConfig } from './resolve-config'
import { expressionScope, failureJson } from './scope'
import { plannedStage, stageState, type ExecutionState } from './state'
import type { World } from './world'

// The one place where a component runs. What it answers is an event: checked to be JSON, within limits, and redacted,
// so that journal, trace and later stages see the same.

export type StagePorts = Pick<ComponentContext, 'http' | 'ai'> & {
  readonly code: (call: CodeInvocation, log: ComponentContext['log']) => Promise<CodeAnswer>
  /** Starts a child of the stage at this address. */
  readonly startChild: (stage: string, request: ChildRequest) => Promise<ChildAnswer>
  readonly mayRespond: () => boolean
  readonly now: Clock
  /** Masks secrets in anything that is kept. */
  readonly redact: Redact
}

export type StageRun = {
  readonly state: ExecutionState
  readonly stage: string
  readonly attempt: number
  readonly world: World
  readonly ports: StagePorts
}

const LOG_LINES_MAX = 1_000

/** The key that repeats of one effect share (4.4 rule 7). */
export function idempotencyKey(executionId: string, stage: string): string {
  return `${executionId}:${stage}`
}

function missingSecret(name: string): Failure {
  return { code: 'secret_missing', message: `The secret ${name} has no value.`, hint: 'Set it in the environment.' }
}

function crashed(thrown: unknown): Outcome {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return {
    kind: 'failed',
    failure: { code: 'component_crashed', message: `The component stopped unexpectedly: ${message}` },
  }
}

/** A component's answer with its output checked; an output that cannot be kept fails the attempt. */
function checked(outcome: Outcome): Outcome {
  const value = outcome.kind === 'opened' ? outcome.items : outcome.kind === 'waiting' ? undefined : outcome.output
  if (value === undefined) return outcome
  const output = checkOutput(value)
  return output.ok ? outcome : { kind: 'failed', failure: output.error }
}

/** The items stand beside the input, once. */
function withoutItems(input: Json): Json {
  if (!isJsonObject(input)) return input
  const { items: _items, ...rest } = input
  return rest
}

class Attempt {
  readonly #run: StageRun
  readonly #logs: LogLine[] = []
  readonly #at: EpochMs
  #input: Json

  constructor(run: StageRun) {
    this.#run = run
    this.#at = run.ports.now()
    this.#input = plannedStage(run.state.plan, run.stage).document
  }

  start(): JournalEvent | Promise<JournalEvent> {
    const { state, world, attempt } = this.#run
    const stage = plannedStage(state.plan, this.#run.stage)
    const mock = world.mocks !== undefined && Object.hasOwn(world.mocks, stage.id) ? world.mocks[stage.id] : undefined
    if (mock !== undefined) return this.#event({ kind: 'succeeded', output: mock, mocked: true })
    const scope = expressionScope(state, world, this.#at, this.#run.stage)
    const resolved = resolveConfig(stage, scope)
    if (!resolved.ok) return this.#event({ kind: 'failed', failure: resolved.error })
    const { input, config } = resolved.value
    this.#input = input
    const seed = () => idempotencyKey(world.executionId, this.#run.stage)
    const end = (outcome: Outcome) =>
      this.#event(judgeAttempt({ stage, config, attempt, scope, seed }, checked(outcome)))
    try {
      const outcome = stage.component.run(config as never, this.#context(scope))
      return outcome instanceof Promise ? outcome.catch(crashed).then(end) : end(outcome)
    } catch (thrown) {
      return end(crashed(thrown))
    }
  }

  #context(scope: Scope): ComponentContext {
    const { state, stage, attempt, world, ports } = this.#run
    const planned = plannedStage(state.plan, stage)
    return {
      at: this.#at,
      get executionId() {
        return world.executionId
      },
      stageId: stage,
      attempt,
      get idempotencyKey() {
        return idempotencyKey(world.executionId, stage)
      },
      waitingSince: stageState(state, stage).waitingSince,
      ...(world.traceparent !== undefined && { traceparent: world.traceparent }),
      late: (pointer, output) => evaluateLate(planned, pointer, scope, output),
      http: ports.http,
      ai: ports.ai,
      code: (call) => this.#code(call),
      startChild: (request) => ports.startChild(stage, request),
      mayRespond: ports.mayRespond,
      log: this.#log,
    }
  }

  readonly #log: ComponentContext['log'] = (level, message, fields) => {
    if (this.#logs.length >= LOG_LINES_MAX) return
    this.#logs.push({ at: this.#run.ports.now(), level, message, ...(fields !== undefined && { fields }) })
  }

  /** Hands over the named secrets and no others; one without a value is a failure, never an empty text (S88). */
  async #code({ secrets: names, ...call }: CodeCall): Promise<CodeAnswer> {
    const { state, stage, attempt, world, ports } = this.#run
    const secrets: Record<string, string> = {}
    for (const name of names) {
      const value = world.secret(name)
      if (value === undefined) return { kind: 'failed', failure: missingSecret(name) }
      setOwn(secrets, name, value)
    }
    const { id } = plannedStage(state.plan, stage)
    const { executionId } = world
    const execution = { id: executionId, stage, attempt, idempotencyKey: idempotencyKey(executionId, stage) }
    return ports.code({ ...call, source: id, secrets, execution }, this.#log)
  }

  #event(judgement: Judgement): JournalEvent {
    const { stage, attempt, ports } = this.#run
    const at = ports.now()
    if (judgement.kind === 'opened') this.#input = withoutItems(this.#input)
    const base = { v: EVENT_VERSION, at, stage, attempt, startedAt: this.#at, input: this.#keptInput() }
    if (judgement.kind === 'waiting') {
      const { until, for: fact } = judgement
      return { ...base, type: 'stage_waiting', until, ...(fact !== undefined && { for: fact }) }
    }
    if (judgement.kind === 'opened') {
      return { ...base, type: 'stage_opened', items: ports.redact(judgement.items) as readonly Json[] }
    }
    const logs = this.#keptLogs()
    if (judgement.kind === 'succeeded') {
      const { output, response, mocked } = judgement
      const answer = response === undefined ? {} : { response: ports.redact(response) as WebhookResponse }
      return {
        ...base,
        type: 'stage_succeeded',
        output: this.#keptOutput(output),
        ...answer,
        ...logs,
        ...(mocked && { mocked }),
      }
    }
    const { failure, output, retryAfterMs } = judgement
    return {
      ...base,
      type: 'attempt_failed',
      failure: ports.redact(failureJson(failure)) as Failure,
      ...(output !== undefined && { output: this.#keptOutput(output) }),
      ...(retryAfterMs !== undefined && { retryAt: at + retryAfterMs }),
      ...logs,
    }
  }

  #keptInput(): Json {
    const size = checkJson(this.#input)
    if (!size.ok) return null
    const { charsApprox } = size.value
    return charsApprox > LIMITS.outputInlineBytesMax
      ? { truncated: true, chars: charsApprox }
      : this.#run.ports.redact(this.#input)
  }

  /** The lists a branch took are its own words, not data: a secret that happens to be "true" must not change the way. */
  #keptOutput(output: Json): Json {
    const { state, stage, ports } = this.#run
    const kept = redactOutput(output, ports.redact)
    const isBranch = plannedStage(state.plan, stage).component.kind === 'branch'
    if (!isBranch || kept === output || !isJsonObject(kept) || !isJsonObject(output)) return kept
    return { ...kept, taken: output['taken'] ?? [] }
  }

  #keptLogs(): { logs?: readonly LogLine[] } {
    if (this.#logs.length === 0) return {}
    const { redact } = this.#run.ports
    const logs = this.#logs.map(({ message, fields, ...line }) => ({
      ...line,
      message: redact(message) as string,
      ...(fields !== undefined && { fields: redact(fields) as JsonObject }),
    }))
    return { logs }
  }
}

/**
 * Runs one attempt of a stage to the event it ends in. Never throws or rejects. Answers at once when the component does,
 * so that pure stages need no turn of the event loop.
 */
export function runStage(run: StageRun): JournalEvent | Promise<JournalEvent> {
  return new Attempt(run).start()
}

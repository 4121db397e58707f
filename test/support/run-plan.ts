import type { CodeAnswer, CodeInvocation } from '#core/components/code-call'
import type {
  ChatAnswer,
  ChatRequest,
  ChildAnswer,
  ChildRequest,
  ComponentContext,
  HttpAnswer,
  HttpRequest,
} from '#core/components/context'
import type { Plan } from '#core/definition/plan'
import { decide } from '#core/engine/decide'
import type { Effect } from '#core/engine/effect'
import { EVENT_VERSION, type ExecutionEvent, type JournalEvent } from '#core/engine/event'
import { executionEnd, type ExecutionEnd } from '#core/engine/execution-output'
import { createRedactor } from '#core/engine/redact'
import { runStage } from '#core/engine/run-stage'
import { initialState, isCurrentAttempt, stageState, type ExecutionState, type StageState } from '#core/engine/state'
import type { World } from '#core/engine/world'
import type { Json } from '#core/kernel/json'

type Effects = readonly Effect[]
type StartStage = Extract<Effect, { type: 'start_stage' }>

export type SimulatedWorld = {
  readonly input?: Json
  readonly vars?: Readonly<Record<string, Json>>
  readonly secrets?: Readonly<Record<string, string>>
  /** Answers requests; without it every request fails to connect. */
  readonly http?: (
    request: HttpRequest,
    call: number,
  ) => Partial<Extract<HttpAnswer, { kind: 'response' }>> | HttpAnswer
  readonly ai?: (request: ChatRequest) => ChatAnswer
  /** Runs code stages; without it every one fails. */
  readonly code?: (call: CodeInvocation, log: ComponentContext['log']) => CodeAnswer
  /** Starts children; without it none can be. */
  readonly child?: (request: ChildRequest) => ChildAnswer
  /** Somebody waits for an answer; without it nobody does. */
  readonly mayRespond?: boolean
  /** Replaces a component's run: what really happened is not the point of the test. */
  readonly instead?: (effect: StartStage, state: ExecutionState, at: number) => JournalEvent | undefined
  /** Which of the started stages ends next; the first unless told. */
  readonly pick?: (count: number) => number
  /** Milliseconds every attempt takes. */
  readonly attemptMs?: number
  /** Called before each step; an event it answers happens then, such as a cancel. */
  readonly interrupt?: (state: ExecutionState, step: number, at: number) => JournalEvent | undefined
}

export type SimulatedRun = {
  readonly state: ExecutionState
  readonly events: readonly JournalEvent[]
  readonly effects: Effects
  readonly requests: readonly HttpRequest[]
  readonly end: ExecutionEnd
  readonly world: World
  readonly stage: (id: string) => StageState
  /** `id: status` of every stage, in plan order. */
  readonly statuses: Readonly<Record<string, string>>
  /** Ids in the order their first attempts started. */
  readonly started: readonly string[]
}

export const ACCEPTED_AT = Date.UTC(2026, 0, 5, 9)
const REFUSED = {
  kind: 'failed',
  failure: { code: 'connection_failed', message: 'Nobody answers.' },
  durationMs: 1,
} as const

function answered(answer: Partial<Extract<HttpAnswer, { kind: 'response' }>> | HttpAnswer): HttpAnswer {
  if (answer.kind === 'failed') return answer
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    text: '{}',
    durationMs: 5,
    ...answer,
    kind: 'response',
  }
}

export function worldOf({ input = {}, vars = {}, secrets = {} }: SimulatedWorld): World {
  return {
    executionId: 'exec_test',
    workflow: 'test',
    version: 'v1',
    environment: 'production',
    triggerType: 'manual',
    input,
    trigger: { type: 'manual', id: 'manual' },
    variable: (name) => vars[name],
    secret: (name) => secrets[name],
  }
}

/** Drives one execution to its end the way a runner does, on a clock of its own that jumps from event to event. */
class Simulation {
  readonly events: JournalEvent[] = []
  readonly effects: Effect[] = []
  readonly requests: HttpRequest[] = []
  readonly world: World
  state: ExecutionState
  #at = ACCEPTED_AT
  #step = 0
  readonly #simulated: SimulatedWorld
  readonly #redact: (json: Json) => Json
  readonly #ready: StartStage[] = []
  readonly #timers = new Map<string, number>()

  constructor(plan: Plan, simulated: SimulatedWorld) {
    this.#simulated = simulated
    this.world = worldOf(simulated)
    this.#redact = createRedactor(simulated.secrets ?? {})
    this.state = initialState(plan)
  }

  async run(): Promise<SimulatedRun> {
    this.#decide({ type: 'execution_accepted', v: EVENT_VERSION, at: this.#at })
    while (this.state.status === 'live') {
      const interruption = this.#simulated.interrupt?.(this.state, this.#step++, this.#at)
      if (interruption !== undefined) this.#journal(interruption)
      else if (this.#ready.length > 0) await this.#runNext()
      else this.#fireNext()
      if (this.#step > 10_000) throw new Error('the execution does not end')
    }
    const { state, events, effects, requests, world } = this
    const statuses = Object.fromEntries(state.plan.order.map((id) => [id, stageState(state, id).status]))
    const starts = effects.filter((effect) => effect.type === 'start_stage' && effect.attempt === 1) as StartStage[]
    const end = executionEnd(state, world, this.#redact)
    const stage = (id: string) => stageState(state, id)
    return {
      state,
      events,
      effects,
      requests,
      end,
      world,
      stage,
      statuses,
      started: starts.map((effect) => effect.stage),
    }
  }

  #decide(event: ExecutionEvent): void {
    const decision = decide(this.state, event)
    this.state = decision.state
    this.effects.push(...decision.effects)
    for (const effect of decision.effects) {
      if (effect.type === 'start_stage') this.#ready.push(effect)
      else if (effect.type === 'set_timer') this.#timers.set(effect.stage, effect.at)
    }
  }

  #journal(event: JournalEvent): void {
    this.events.push(event)
    this.#decide(event)
  }

  async #runNext(): Promise<void> {
    const [effect] = this.#ready.splice(this.#simulated.pick?.(this.#ready.length) ?? 0, 1)
    if (effect === undefined || !isCurrentAttempt(this.state, effect.stage, effect.attempt)) return
    const { stage, attempt } = effect
    this.#journal({ type: 'stage_started', v: EVENT_VERSION, at: this.#at, stage, attempt })
    const instead = this.#simulated.instead?.(effect, this.state, this.#at)
    if (instead !== undefined) return this.#journal(instead)
    const { attemptMs = 0 } = this.#simulated
    let calls = 0
    const event = await runStage({
      state: this.state,
      stage,
      attempt,
      world: this.world,
      ports: {
        now: () => this.#at + (calls++ === 0 ? 0 : attemptMs),
        redact: this.#redact,
        http: async (request) => {
          this.requests.push(request)
          return answered(this.#simulated.http?.(request, this.requests.length) ?? REFUSED)
        },
        ai: async (request) => this.#simulated.ai?.(request) ?? REFUSED,
        code: async (call, log) => this.#simulated.code?.(call, log) ?? REFUSED,
        startChild: async (_stage, request) => this.#simulated.child?.(request) ?? REFUSED,
        mayRespond: () => this.#simulated.mayRespond ?? false,
      },
    })
    this.#at += attemptMs
    this.#journal(event)
  }

  #fireNext(): void {
    const [next] = [...this.#timers].sort(([, a], [, b]) => a - b)
    if (next === undefined) throw new Error('nothing runs, nothing waits, and yet the execution is not over')
    const [stage, at] = next
    this.#timers.delete(stage)
    this.#at = Math.max(this.#at, at)
    this.#journal({ type: 'timer_fired', v: EVENT_VERSION, at: this.#at, stage })
  }
}

/** Runs a plan in a simulated world to its end: no waiting, no network, no clock but its own. */
export function runPlan(plan: Plan, world: SimulatedWorld = {}): Promise<SimulatedRun> {
  return new Simulation(plan, world).run()
}

/**
 * Owns: one execution while this runner has it — its state, its running stages, its timers.
 * Talks to: core/engine (decide), the journal buffer (what must be durable), its context (effects).
 * Keeps: I4 nothing starts after the lease's margin · I5 unsafe effects wait for their ancestors' events ·
 * I14 a cancel or deadline that was seen starts nothing more.
 */
import type { AwaitedFact, WebhookResponse } from '#core/components/context'
import { decide } from '#core/engine/decide'
import type { Effect } from '#core/engine/effect'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import { awaitsFact } from '#core/engine/receive-fact'
import { isCurrentAttempt, type ExecutionState } from '#core/engine/state'
import { assertNever, invariant } from '#core/kernel/assert'
import type { EpochMs } from '#core/kernel/time'
import { LIMITS } from '#core/model/limits'
import { firstResponse } from '#core/shard/first-response'
import type { InboxEntry } from '#core/shard/wire'
import { giveUpInDoubt } from './give-up-in-doubt'
import { RENEW_EVERY_MS } from './lease-clock'
import { createMailbox } from './mailbox'
import { Overtime } from './overtime'
import { readMail } from './read-mail'
import type { SliceContext } from './slice-context'

/** While something waits for a signal or a child, news of it is asked for this often. */
const LISTEN_EVERY_MS = 1_000
const UNSAFE_COMMIT_WITHIN_MS = 1_000
/** Or as soon as there are so many of them. */
const UNSAFE_RESULTS_MAX = 100
/** No more than this is held in memory without being durable. */
const PENDING_CHARS_MAX = 1_000_000
/** Nothing that leaves a mark outside starts on older news than this: a cancel may have come. */
const NEWS_FRESH_MS = 1_000

type StartStage = Extract<Effect, { type: 'start_stage' }>

/** How a slice ended. `left`: the lease is no longer ours to use; whoever claims next goes on from the journal. */
export type SliceEnd =
  { readonly kind: 'finish' } | { readonly kind: 'park'; readonly wakeAt: EpochMs } | { readonly kind: 'left' }

export class Slice {
  readonly #context: SliceContext
  readonly #mailbox = createMailbox<JournalEvent>()
  readonly #running = new Map<string, AbortController>()
  readonly #overtime = new Overtime()
  readonly #timers = new Map<string, EpochMs>()
  readonly #effects: Effect[] = []
  #state: ExecutionState
  #finished = false
  /** A stage was not started for want of time: the rest belongs to another slice. */
  #yielding = false
  #commitBy: EpochMs | null = null
  /** Results of unsafe stages since the last commit of their own. */
  #unsafeResults = 0
  #renewAt: EpochMs
  #renewEveryMs = RENEW_EVERY_MS
  /** Facts from outside that mean nothing yet: the end of a child whose stage has not begun to wait. */
  #mail: readonly InboxEntry[] = []
  /** Children that stages wait for. */
  readonly #awaited: Set<string>
  #response: WebhookResponse | null

  constructor(context: SliceContext, state: ExecutionState, awaited: Set<string>) {
    this.#context = context
    this.#state = state
    this.#awaited = awaited
    this.#response = firstResponse(context.job.work.journal)
    if (awaitsFact(state)) this.#renewEveryMs = LISTEN_EVERY_MS
    this.#renewAt = this.#now() + this.#renewEveryMs
  }

  get state(): ExecutionState {
    return this.#state
  }

  /** What whoever called the webhook is answered, if a stage has said so. */
  get response(): WebhookResponse | null {
    return this.#response
  }

  /** Runs until the execution ends, has to wait for long, or is no longer ours. Rejects with Fenced or what broke. */
  async run(): Promise<SliceEnd> {
    const { job, inbox } = this.#context
    try {
      this.#decide({ type: 'resumed', v: EVENT_VERSION, at: this.#now() })
      inbox.listen((entries) => this.#heed(entries))
      for (let end = this.#advance(); ; end = this.#advance()) {
        if (end !== null) return end
        if (this.#now() >= job.lease.endsAt()) return { kind: 'left' }
        // Pure stages go on without ever waiting: what they leave has to become durable in between.
        await (this.#isFull() ? this.#context.buffer.ensure(this.#state.events) : this.#wait())
      }
    } finally {
      for (const abort of this.#running.values()) abort.abort()
    }
  }

  /** Everything that can happen without waiting; null = something is still under way. */
  #advance(): SliceEnd | null {
    do {
      while (this.#effects.length > 0 && !this.#isFull()) this.#performNext()
      if (this.#finished) return { kind: 'finish' }
      for (const event of this.#mailbox.take()) this.#settle(event)
    } while (!this.#isFull() && (this.#effects.length > 0 || this.#fireTimers()))
    if (this.#running.size > 0 || this.#isFull()) return null
    if (!this.#context.job.lease.mayStart()) return { kind: 'left' }
    if (this.#yielding) return { kind: 'park', wakeAt: this.#now() }
    return this.#restUntilTimer()
  }

  #restUntilTimer(): SliceEnd | null {
    const timerAt = this.#nextTimerAt()
    invariant(timerAt !== null, 'I2: a live execution runs something or waits for something')
    const tooFar = timerAt - this.#now() > LIMITS.inProcessWaitMsMax || timerAt > this.#context.job.sliceEndsAt
    return tooFar ? { kind: 'park', wakeAt: timerAt } : null
  }

  #isFull(): boolean {
    return this.#context.buffer.pendingChars() > PENDING_CHARS_MAX
  }

  #performNext(): void {
    const effect = this.#effects.shift()
    if (effect !== undefined) this.#perform(effect)
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case 'start_stage':
        return this.#start(this.#heldBack(effect))
      case 'set_timer':
        this.#timers.set(effect.stage, effect.at)
        return
      case 'abort_stage':
        this.#stop(effect.stage)
        this.#timers.delete(effect.stage)
        return
      case 'finish':
        this.#finished = true
        return
      default:
        return assertNever(effect)
    }
  }

  /** Behind so many results that are not durable yet, an unsafe stage waits: no more than those would be sent again. */
  #heldBack(effect: StartStage): StartStage {
    return this.#unsafeResults < UNSAFE_RESULTS_MAX ? effect : { ...effect, afterEvent: this.#state.events }
  }

  #stop(stage: string): void {
    this.#overtime.ended(stage)
    this.#running.get(stage)?.abort()
    this.#running.delete(stage)
  }

  #start(effect: StartStage): void {
    const { job, buffer } = this.#context
    // What was performed meanwhile may have ended its scope.
    if (!isCurrentAttempt(this.#state, effect.stage, effect.attempt)) return
    if (effect.inDoubt === true) return this.#apply(giveUpInDoubt(effect, this.#now()))
    const stage = this.#context.stage(effect.stage)
    const endsAt = stage.safety === 'pure' ? this.#now() : Math.min(this.#now() + stage.timeoutMs, job.deadlineAt)
    if (endsAt > job.sliceEndsAt || !job.lease.mayStart()) {
      this.#yielding = true
    } else if (effect.atMostOnce === true) {
      // The intent is durable before anything can leave (4.4 rule 8).
      this.#noteStart(effect)
      this.#startAfter(effect, buffer.ensure(this.#state.events))
    } else if (stage.safety === 'unsafe' && buffer.committed() < effect.afterEvent) {
      this.#startAfter(effect, buffer.ensure(effect.afterEvent))
    } else if (stage.safety !== 'pure' && this.#now() - job.lease.confirmedAt() > NEWS_FRESH_MS) {
      this.#startAfter(effect, buffer.confirm(effect.afterEvent))
    } else {
      this.#launch(effect)
    }
  }

  /** The write barrier: what the stage builds on must be durable before its effect leaves (4.4 rule 7), and news be fresh. */
  #startAfter(effect: StartStage, confirmed: Promise<void>): void {
    const { job } = this.#context
    const abort = new AbortController()
    this.#running.set(effect.stage, abort)
    confirmed.then(
      () => {
        if (this.#running.get(effect.stage) !== abort) return
        this.#running.delete(effect.stage)
        if (!job.lease.mayStart()) this.#yielding = true
        else if (isCurrentAttempt(this.#state, effect.stage, effect.attempt)) this.#launch(effect)
        this.#mailbox.wake()
      },
      (error: unknown) => this.#mailbox.fail(error),
    )
  }

  #noteStart({ stage, attempt }: StartStage): void {
    this.#apply({ type: 'stage_started', v: EVENT_VERSION, at: this.#now(), stage, attempt })
  }

  #launch(effect: StartStage): void {
    const { stage, attempt } = effect
    // A pure stage is over before anybody could see it running: its start is not worth a line.
    if (this.#context.stage(stage).safety !== 'pure' && effect.atMostOnce !== true) this.#noteStart(effect)
    // Made when a request asks for it: most stages are over at once and have nothing to abort.
    let made: AbortController | null = null
    const controller = () => (made ??= new AbortController())
    const outcome = this.#context.runStage(this.#state, stage, attempt, {
      signal: () => controller().signal,
      queued: (isWaiting) => this.#overtime.queued(stage, isWaiting, this.#now()),
    })
    if (!(outcome instanceof Promise)) return this.#settle(outcome)
    const abort = controller()
    this.#running.set(stage, abort)
    this.#overtime.started(stage, attempt, this.#context.stage(stage), this.#now())
    outcome.then(
      (event) => {
        if (this.#running.get(stage) === abort) this.#mailbox.deliver(event)
      },
      (error: unknown) => this.#mailbox.fail(error),
    )
  }

  #settle(event: JournalEvent): void {
    if ('stage' in event) {
      this.#overtime.ended(event.stage)
      this.#running.delete(event.stage)
      const unsafe = this.#context.stage(event.stage).safety === 'unsafe'
      if (unsafe) this.#commitSoon()
    }
    this.#apply(event)
    if (event.type === 'stage_waiting' && event.for !== undefined) this.#listen(event.for)
    if (event.type === 'stage_succeeded' && event.response !== undefined) this.#respond(event.response)
  }

  #listen(fact: AwaitedFact): void {
    this.#renewEveryMs = LISTEN_EVERY_MS
    this.#renewAt = Math.min(this.#renewAt, this.#now() + LISTEN_EVERY_MS)
    if (fact.kind !== 'child') return
    this.#awaited.add(fact.executionId)
    this.#readMail()
  }

  /** Somebody waits for this answer: it leaves as soon as it is durable. */
  #respond(response: WebhookResponse): void {
    const { job, buffer } = this.#context
    if (this.#response !== null) return
    this.#response = response
    this.#heedFailure(buffer.ensure(this.#state.events).then(() => job.onResponse?.(response)))
  }

  #commitSoon(): void {
    const now = this.#now()
    this.#unsafeResults++
    this.#commitBy = this.#unsafeResults >= UNSAFE_RESULTS_MAX ? now : (this.#commitBy ?? now + UNSAFE_COMMIT_WITHIN_MS)
  }

  #apply(event: JournalEvent): void {
    this.#context.buffer.push(this.#context.serialize(event))
    this.#decide(event)
  }

  #decide(event: Parameters<typeof decide>[1]): void {
    const decision = decide(this.#state, event)
    this.#state = decision.state
    this.#effects.push(...decision.effects)
  }

  #heed(entries: readonly InboxEntry[]): void {
    this.#mail = [...this.#mail, ...entries]
    this.#readMail()
    this.#mailbox.wake()
  }

  /** Turns mail into events; what the journal has already, after another runner read it, is not written twice. */
  #readMail(): void {
    const { redact } = this.#context.job.release
    this.#mail = this.#mail.filter((entry) => {
      if (this.#state.status !== 'live') return false
      if (entry.kind === 'child_finished' && !this.#awaited.delete(entry.key)) return true
      const isKnown = entry.kind === 'signal' && this.#state.signalIds.has(entry.key)
      if (!isKnown) this.#apply(readMail(entry, redact))
      return false
    })
  }

  #fireTimers(): boolean {
    const now = this.#now()
    const due = [...this.#timers].filter(([, at]) => at <= now)
    for (const [stage] of due) {
      this.#timers.delete(stage)
      this.#apply({ type: 'timer_fired', v: EVENT_VERSION, at: now, stage })
    }
    return due.length > 0
  }

  #nextTimerAt(): EpochMs | null {
    return this.#timers.size === 0 ? null : Math.min(...this.#timers.values())
  }

  /** Waits for the next thing to happen, then does what the clock asks for. */
  async #wait(): Promise<void> {
    const { job, buffer, deps } = this.#context
    const due = [this.#nextTimerAt(), this.#commitBy, this.#renewAt, job.deadlineAt, job.lease.endsAt()]
    await this.#mailbox.wait(Math.max(0, Math.min(...due.filter((at) => at !== null)) - this.#now()), deps.sleep)
    const now = this.#now()
    if (now >= job.deadlineAt && this.#state.status === 'live') {
      this.#apply({ type: 'deadline_passed', v: EVENT_VERSION, at: now })
    }
    for (const event of this.#overtime.take(now)) {
      this.#running.get(event.stage)?.abort()
      this.#settle(event)
    }
    if (this.#commitBy !== null && now >= this.#commitBy) {
      this.#commitBy = null
      this.#unsafeResults = 0
      this.#heedFailure(buffer.ensure(this.#state.events))
    }
    if (now >= this.#renewAt) {
      this.#renewAt = now + this.#renewEveryMs
      this.#heedFailure(buffer.renew())
    }
  }

  /** Nobody waits for a shard here: at the lease's end what runs is aborted, whether the shard has answered or not. */
  #heedFailure(write: Promise<void>): void {
    write.catch((error: unknown) => this.#mailbox.fail(error))
  }

  #now(): EpochMs {
    return this.#context.deps.clock()
  }
}

/**
 * Owns: everything a shard does — its steps, its alarm, its doorbells, its flushes (architecture 4.2, 4.5).
 * Talks to: its disk, its peers, queues, D1 and R2, all as ports: nothing here knows the platform, so that the same code runs
 * in a Durable Object and in the simulation.
 * Every step is synchronous and commits before its answer leaves (4.4 rule 1).
 */
import { accept, findKey } from '#core/shard/admission'
import { blockKey } from '#core/shard/archive'
import { blockOf } from '#core/shard/blocks'
import { claim } from '#core/shard/claim'
import { commit, finish, park, renew } from '#core/shard/commit'
import { configure } from '#core/shard/configure'
import { firstResponse } from '#core/shard/first-response'
import { cancel } from '#core/shard/interrupt'
import { createLoadWindow, type LoadWindow } from '#core/shard/load-window'
import { notify, signal } from '#core/shard/mail'
import { openShard, type Shard } from '#core/shard/memory'
import { recordOf, statusOf } from '#core/shard/record'
import { giveBack, isHeldUp } from '#core/shard/loan'
import { doorbellsToSend, hasReady } from '#core/shard/rings'
import { isInGrace, nextDueAt, tick } from '#core/shard/tick'
import type { ShardStore } from '#core/shard/store'
import type { Clock, EpochMs } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type {
  AcceptAnswer,
  AcceptRequest,
  ClaimRequest,
  CommitItem,
  FindKeyRequest,
  FinishItem,
  NotifyRequest,
  ParkItem,
  ReleaseParts,
  RenewItem,
  ReturnRequest,
  SignalRequest,
} from '#core/shard/wire'
import type { Doorbells } from '../ports/doorbells'
import type { OrganizationSlotsOf } from '../ports/organization-slots'
import type { Shards } from '../ports/shards'
import { type Borrower, createBorrower } from './borrower'
import { createFlusher, type Flusher, type FlusherPorts } from './flusher'
import { createPostman, type Postman } from './postman'

/** The longest a shard with unfinished business goes without looking at it. */
const LOOK_AGAIN_MS = 5_000
/** Time for a runner to come back by itself after it ended something. */
const RING_LATER_MS = 250

/** When a shard asks its deployment for more of its kind, and how. */
export type ShardGrowth = {
  /** Accepts per second that are meant for one shard; 0 = it never asks. */
  readonly atAcceptsPerSecond: number
  readonly ask: (ref: string, wish: { readonly organizationId: string; readonly shards: number }) => Promise<unknown>
}

export type ShardHostPorts = {
  /** Number of this shard in its deployment. */
  readonly no: number
  readonly store: ShardStore
  readonly clock: Clock
  readonly setTimer: (work: () => void, ms: number) => void
  readonly setAlarm: (at: EpochMs) => void
  readonly doorbells: Doorbells
  /** The other shards, for what executions have to tell each other. */
  readonly peers: Shards
  readonly growth: ShardGrowth
  /** Who lends it what it may run at once. */
  readonly slotsOf: OrganizationSlotsOf
  readonly outside: Pick<FlusherPorts, 'index' | 'deadLetters' | 'blocks'>
  /** Goes on after the answer has left. */
  readonly background: (work: Promise<unknown>) => void
  /** Ends this life of the shard; the next one starts from its disk. */
  readonly abort: (reason: string) => void
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

export class ShardHost {
  readonly shard: Shard
  readonly flusher: Flusher
  readonly #ports: ShardHostPorts
  readonly #postman: Postman
  readonly #borrower: Borrower
  readonly #load: LoadWindow
  #armedAt: EpochMs | null = null
  #ringSet = false

  constructor(ports: ShardHostPorts) {
    this.#ports = ports
    const { store, clock, setTimer, peers, outside } = ports
    this.shard = openShard(store, clock())
    this.flusher = createFlusher(this.shard, { ...outside, clock, setTimer })
    this.#load = createLoadWindow(ports.growth.atAcceptsPerSecond)
    this.#postman = createPostman(this.shard, { shards: peers, clock, setTimer })
    this.#borrower = createBorrower(this.shard, {
      ...ports,
      step: (work) => this.#step(work),
      ring: () => this.#ringSoon(),
    })
  }

  /** Takes up what an earlier life left; `armedAt` is the alarm that is set already. */
  wake(armedAt: EpochMs | null): void {
    this.#armedAt = armedAt
    if (this.#hasBusiness()) this.#arm(this.#now() + LOOK_AGAIN_MS)
  }

  push(request: { config: DeploymentConfig; releases: readonly ReleaseParts[] }) {
    const answer = this.#step(() => configure(this.shard, { ...request, no: this.#ports.no }))
    this.after()
    return answer
  }

  config() {
    return this.shard.memory.meta?.config ?? null
  }

  accept(request: AcceptRequest) {
    const now = this.#now()
    const answer = this.#step(() => accept(this.shard, request, now))
    if (answer.kind === 'accepted' && !answer.duplicate) this.after(this.#firstDueMs(request, now))
    this.#weigh([answer], now)
    return answer
  }

  acceptMany(request: { requests: readonly AcceptRequest[] }) {
    const now = this.#now()
    const answers = this.#step(() => request.requests.map((one) => accept(this.shard, one, now)))
    this.after(Math.min(...request.requests.map((one) => this.#firstDueMs(one, now))))
    this.#weigh(answers, now)
    return answers
  }

  findKey(request: FindKeyRequest) {
    return findKey(this.shard, request)
  }

  /** A claim that finds too few slots waits for those that were asked for. */
  async claim(request: ClaimRequest) {
    await this.#borrower.wait()
    const answer = this.#step(() => claim(this.shard, request, this.#now()))
    this.after()
    return answer
  }

  commit(request: { items: readonly CommitItem[] }) {
    const answers = this.#step(() => commit(this.shard, request.items, this.#now()))
    this.after()
    return answers
  }

  renew(request: { items: readonly RenewItem[] }) {
    return this.#step(() => renew(this.shard, request.items, this.#now()))
  }

  park(request: { items: readonly ParkItem[] }) {
    const now = this.#now()
    const answers = this.#step(() => park(this.shard, request.items, now))
    const parkedUntil = ({ seq }: ParkItem) => this.shard.memory.live.get(seq)?.parkedUntil ?? Number.MAX_SAFE_INTEGER
    const wakeAt = request.items.reduce(
      (soonest, item) => Math.min(soonest, parkedUntil(item)),
      Number.MAX_SAFE_INTEGER,
    )
    this.after(Math.max(0, wakeAt - now))
    this.#ringSoon()
    return answers
  }

  finish(request: { items: readonly FinishItem[] }) {
    const answers = this.#step(() => finish(this.shard, request.items, this.#now()))
    this.after()
    this.#ringLater()
    return answers
  }

  giveBack(request: ReturnRequest) {
    return this.#step(() => giveBack(this.shard, request))
  }

  signal(request: SignalRequest) {
    if (!this.belongsTo(request.organizationId)) return 'unknown' as const
    const answer = this.#step(() => signal(this.shard, request, this.#now()))
    this.after()
    this.#ringSoon()
    return answer
  }

  notify(request: NotifyRequest) {
    if (!this.belongsTo(request.organizationId)) return 'unknown' as const
    const answer = this.#step(() => notify(this.shard, request, this.#now()))
    this.after()
    this.#ringSoon()
    return answer
  }

  cancel(request: { organizationId: string; seq: number; reason: string; actor: string | null }) {
    if (!this.belongsTo(request.organizationId)) return 'unknown' as const
    const answer = this.#step(() => cancel(this.shard, request, this.#now()))
    this.after()
    this.#ringSoon()
    return answer
  }

  read(request: { organizationId: string; seq: number }) {
    const { meta } = this.shard.memory
    if (meta === null || !this.belongsTo(request.organizationId)) return null
    if (request.seq >= this.shard.memory.nextSeq) return null
    const row = this.shard.store.row(request.seq)
    if (row === null) return { archived: blockKey(this.shard, blockOf(request.seq)) }
    const release = this.shard.store.release(row.pin)
    return release === null ? null : { record: recordOf(this.shard, row), release, config: meta.config }
  }

  peek(request: { organizationId: string; seq: number }) {
    if (!this.belongsTo(request.organizationId) || request.seq >= this.shard.memory.nextSeq) return null
    const row = this.shard.store.row(request.seq)
    if (row === null) return { archived: blockKey(this.shard, blockOf(request.seq)) }
    const response = row.cause.answers === true ? firstResponse(row.journal) : null
    return { status: statusOf(this.shard, row), result: row.result, response }
  }

  release(request: { organizationId: string; pin: number }) {
    return this.belongsTo(request.organizationId) ? this.shard.store.release(request.pin) : null
  }

  /** The sweep's touch; `armedAt` is the alarm that is really set: one that was lost is armed again. */
  async poke(armedAt: EpochMs | null): Promise<void> {
    this.#armedAt = armedAt
    await this.#lookAround()
  }

  async alarm(): Promise<void> {
    this.#armedAt = null
    await this.#lookAround()
  }

  /** Makes sure that what a step left to do is looked at. */
  after(withinMs = LOOK_AGAIN_MS): void {
    this.flusher.schedule()
    this.#postman.schedule()
    this.#borrower.schedule()
    if (!this.#hasBusiness()) return
    this.#arm(this.#now() + Math.min(withinMs, this.shard.memory.live.size > 0 ? LOOK_AGAIN_MS : withinMs))
  }

  belongsTo(organizationId: string): boolean {
    return this.shard.memory.meta?.config.organizationId === organizationId
  }

  async #lookAround(): Promise<void> {
    try {
      const { ring } = this.#step(() => tick(this.shard, this.#now()))
      this.#borrower.schedule()
      await this.#ring(ring)
      await this.flusher.run()
      await this.#postman.run()
      this.shard.store.rotateKeys(this.#now())
    } catch (error) {
      const ref = this.shard.memory.meta?.config.ref ?? ''
      this.#ports.report('shard_tick_failed', { ref, shard: this.#ports.no, error: String(error) })
    } finally {
      const dueAt = nextDueAt(this.shard)
      const retryAt = this.flusher.dueAt(this.#now())
      // An idle object is put aside before the grace is over, and would grant it anew each time its alarm wakes it; and one that
      // waits for slots would forget to ask for them again.
      const awakeAt = isInGrace(this.shard) || isHeldUp(this.shard.memory) ? this.#now() + LOOK_AGAIN_MS : null
      const next = Math.min(...[dueAt, retryAt, awakeAt].map((at) => at ?? Number.MAX_SAFE_INTEGER))
      if (next < Number.MAX_SAFE_INTEGER) this.#arm(Math.max(next, this.#now() + 1))
    }
  }

  /** A step that broke half-way may have changed memory and not the disk: the shard starts again from its disk. */
  #step<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      this.#ports.abort(`A step failed: ${String(error)}`)
      throw error
    }
  }

  #hasBusiness(): boolean {
    const { live, unflushed, postDueAt } = this.shard.memory
    return live.size > 0 || unflushed.size > 0 || postDueAt !== null
  }

  /** One alarm per object, moved only to an earlier instant (4.5). */
  #arm(at: EpochMs): void {
    if (this.#armedAt !== null && this.#armedAt <= at) return
    this.#armedAt = at
    this.#ports.setAlarm(at)
  }

  /** For whom there was no runner until now. */
  #ringSoon(): void {
    this.#ports.background(this.#ring(doorbellsToSend(this.shard.memory)))
  }

  /** A runner that ends something mostly comes back for more by itself; one inside a request does not. */
  #ringLater(): void {
    if (this.#ringSet || !hasReady(this.shard.memory)) return
    this.#ringSet = true
    this.#ports.setTimer(() => {
      this.#ringSet = false
      this.#ringSoon()
    }, RING_LATER_MS)
  }

  async #ring(count: number): Promise<void> {
    const { meta } = this.shard.memory
    if (meta === null || count === 0) return
    await this.#ports.doorbells.ring({ lane: meta.config.lane, ref: meta.config.ref, shard: meta.no }, count)
  }

  /** Asks for more shards under load. An ask that is lost is made again in the next window. */
  #weigh(answers: readonly AcceptAnswer[], now: EpochMs): void {
    const accepted = answers.filter((answer) => answer.kind === 'accepted' && !answer.duplicate).length
    const config = this.config()
    if (!this.#load.count(accepted, now) || config === null) return
    const { ref, organizationId, shards } = config
    const asking = this.#ports.growth.ask(ref, { organizationId, shards }).catch((error: unknown) => {
      this.#ports.report('growth_not_asked', { ref, shard: this.#ports.no, error: String(error) })
    })
    this.#ports.background(asking)
  }

  /** When something first becomes due for an execution that was just accepted: its start, its limit, its last chance to start. */
  #firstDueMs({ pin, delayMs, timeoutMs, cause }: AcceptRequest, now: EpochMs): number {
    const startWithinMs = cause.startBy === undefined ? undefined : Math.max(0, cause.startBy - now)
    const limitMs = timeoutMs ?? this.shard.memory.releases.get(pin)?.timeoutMs
    return Math.min(...[delayMs, limitMs, startWithinMs].map((ms) => ms ?? LOOK_AGAIN_MS))
  }

  #now(): EpochMs {
    return this.#ports.clock()
  }
}

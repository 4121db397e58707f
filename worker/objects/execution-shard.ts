/**
 * Owns: the executions of one deployment's shard — rows, journals, leases, timers (architecture 4.2).
 * Talks to: the ingress Worker and runners (RPC in), queues (doorbells out), D1 and R2 (flush out).
 * A thin shell: every decision is in core/shard, every statement in shard-storage; each RPC is one synchronous step (4.4 rule 1).
 */
import { DurableObject } from 'cloudflare:workers'
import { accept, findKey } from '#core/shard/admission'
import { blockKey } from '#core/shard/archive'
import { blockOf } from '#core/shard/blocks'
import { claim } from '#core/shard/claim'
import { commit, finish, park, renew } from '#core/shard/commit'
import { configure } from '#core/shard/configure'
import { firstResponse } from '#core/shard/first-response'
import { cancel } from '#core/shard/interrupt'
import { notify, signal } from '#core/shard/mail'
import { openShard, type Shard } from '#core/shard/memory'
import { recordOf, statusOf } from '#core/shard/record'
import { doorbellsToSend, hasReady } from '#core/shard/rings'
import { isInGrace, nextDueAt, tick } from '#core/shard/tick'
import type { EpochMs } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type {
  AcceptRequest,
  ClaimRequest,
  CommitItem,
  FindKeyRequest,
  FinishItem,
  NotifyRequest,
  ParkItem,
  ReleaseParts,
  RenewItem,
  SignalRequest,
} from '#core/shard/wire'
import { createDeadLetterLog } from '../adapters/d1/dead-letter-log'
import { createExecutionIndex } from '../adapters/d1/execution-index'
import { createDoorbells } from '../adapters/queue/doorbells'
import { createIndexCleaner } from '../adapters/d1/index-cleaner'
import { report } from '../adapters/log/report'
import { createArchiveCleaner } from '../adapters/r2/archive-cleaner'
import { createTraceBlocks } from '../adapters/r2/trace-blocks'
import type { Bindings } from '../env'
import type { EraseAnswer, PurgeAnswer, ShardHandle } from '../ports/shards'
import { createBlockTable } from './block-table'
import { createFlusher, type Flusher } from './flusher'
import { createJanitor, type Janitor } from './janitor'
import { createPostman, type Postman } from './postman'
import { createShardStorage } from './shard-storage'
import { vanish } from './vanish'

/** The longest a shard with unfinished business goes without looking at it. */
const LOOK_AGAIN_MS = 5_000
/** Time for a runner to come back by itself after it ended something. */
const RING_LATER_MS = 250

export class ExecutionShard extends DurableObject<Bindings> {
  readonly #shard: Shard
  readonly #flusher: Flusher
  readonly #postman: Postman
  readonly #janitor: Janitor
  #armedAt: number | null = null
  #ringSet = false

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    this.#shard = openShard(createShardStorage(ctx.storage), Date.now())
    this.#flusher = createFlusher(this.#shard, {
      index: createExecutionIndex(env.DB),
      deadLetters: createDeadLetterLog(env.DB),
      blocks: createTraceBlocks(env.BUCKET),
      clock: Date.now,
      setTimer: (work, ms) => void setTimeout(work, ms),
    })
    this.#postman = createPostman(this.#shard, {
      shards: (ref, no) => env.SHARDS.getByName(`dep:${ref}:${no}`) as unknown as ShardHandle,
      clock: () => Date.now(),
      setTimer: (work, ms) => void setTimeout(work, ms),
    })
    this.#janitor = createJanitor(this.#shard, {
      archive: createArchiveCleaner(env.BUCKET),
      index: createIndexCleaner(env.DB),
      blocks: createBlockTable(ctx.storage.sql),
      flush: () => this.#flusher.run(),
      report,
    })
    void ctx.blockConcurrencyWhile(async () => {
      this.#armedAt = await ctx.storage.getAlarm()
      if (this.#hasBusiness()) this.#arm(Date.now() + LOOK_AGAIN_MS)
    })
  }

  push(request: { config: DeploymentConfig; releases: readonly ReleaseParts[] }) {
    const no = Number(this.ctx.id.name?.split(':')[2] ?? '0')
    const answer = this.#step(() => configure(this.#shard, { ...request, no }))
    this.#after()
    return answer
  }

  config() {
    return this.#shard.memory.meta?.config ?? null
  }

  accept(request: AcceptRequest) {
    const now = Date.now()
    const answer = this.#step(() => accept(this.#shard, request, now))
    if (answer.kind === 'accepted' && !answer.duplicate) this.#after(firstDueMs(request, now))
    return answer
  }

  acceptMany(request: { requests: readonly AcceptRequest[] }) {
    const now = Date.now()
    const answers = this.#step(() => request.requests.map((one) => accept(this.#shard, one, now)))
    this.#after(Math.min(...request.requests.map((one) => firstDueMs(one, now))))
    return answers
  }

  findKey(request: FindKeyRequest) {
    return findKey(this.#shard, request)
  }

  claim(request: ClaimRequest) {
    const answer = this.#step(() => claim(this.#shard, request, Date.now()))
    this.#after()
    return answer
  }

  commit(request: { items: readonly CommitItem[] }) {
    const answers = this.#step(() => commit(this.#shard, request.items, Date.now()))
    this.#after()
    return answers
  }

  renew(request: { items: readonly RenewItem[] }) {
    return this.#step(() => renew(this.#shard, request.items, Date.now()))
  }

  park(request: { items: readonly ParkItem[] }) {
    const now = Date.now()
    const answers = this.#step(() => park(this.#shard, request.items, now))
    const wakeAt = request.items.reduce((soonest, item) => Math.min(soonest, item.wakeAt), Number.MAX_SAFE_INTEGER)
    this.#after(Math.max(0, wakeAt - now))
    this.#ringSoon()
    return answers
  }

  finish(request: { items: readonly FinishItem[] }) {
    const answers = this.#step(() => finish(this.#shard, request.items, Date.now()))
    this.#after()
    this.#ringLater()
    return answers
  }

  signal(request: SignalRequest) {
    if (!this.#belongsTo(request.organizationId)) return 'unknown' as const
    const answer = this.#step(() => signal(this.#shard, request, Date.now()))
    this.#after()
    this.#ringSoon()
    return answer
  }

  notify(request: NotifyRequest) {
    if (!this.#belongsTo(request.organizationId)) return 'unknown' as const
    const answer = this.#step(() => notify(this.#shard, request, Date.now()))
    this.#after()
    this.#ringSoon()
    return answer
  }

  cancel(request: { organizationId: string; seq: number; reason: string; actor: string | null }) {
    if (!this.#belongsTo(request.organizationId)) return 'unknown' as const
    const answer = this.#step(() => cancel(this.#shard, request, Date.now()))
    this.#after()
    return answer
  }

  read(request: { organizationId: string; seq: number }) {
    const { meta } = this.#shard.memory
    if (meta === null || !this.#belongsTo(request.organizationId)) return null
    if (request.seq >= this.#shard.memory.nextSeq) return null
    const row = this.#shard.store.row(request.seq)
    if (row === null) return { archived: blockKey(this.#shard, blockOf(request.seq)) }
    const release = this.#shard.store.release(row.pin)
    return release === null ? null : { record: recordOf(this.#shard, row), release, config: meta.config }
  }

  peek(request: { organizationId: string; seq: number }) {
    if (!this.#belongsTo(request.organizationId) || request.seq >= this.#shard.memory.nextSeq) return null
    const row = this.#shard.store.row(request.seq)
    if (row === null) return { archived: blockKey(this.#shard, blockOf(request.seq)) }
    const response = row.cause.answers === true ? firstResponse(row.journal) : null
    return { status: statusOf(this.#shard, row), result: row.result, response }
  }

  release(request: { organizationId: string; pin: number }) {
    return this.#belongsTo(request.organizationId) ? this.#shard.store.release(request.pin) : null
  }

  /** The housekeeping sweep's touch: whatever alarm was lost is armed again, whatever is too old is removed. */
  async poke(): Promise<void> {
    this.#armedAt = await this.ctx.storage.getAlarm()
    await this.#lookAround()
    await this.#janitor.expire(Date.now()).catch((error: unknown) => {
      report('expiry_failed', { shard: this.ctx.id.name ?? '', error: String(error) })
    })
  }

  erase(request: { organizationId: string; id: string }): Promise<EraseAnswer> {
    return this.#belongsTo(request.organizationId) ? this.#janitor.erase(request.id) : Promise.resolve('unknown')
  }

  async purge(request: { organizationId: string; mayCancel: boolean }): Promise<PurgeAnswer> {
    if (this.#shard.memory.meta !== null && !this.#belongsTo(request.organizationId)) return 'nothing'
    const left = await this.#janitor.purge(request.mayCancel, Date.now())
    if (left !== 'nothing') this.#after()
    else {
      this.#shard.memory.meta = null
      await vanish(this.ctx)
    }
    return left
  }

  override async alarm(): Promise<void> {
    this.#armedAt = null
    await this.#lookAround()
  }

  async #lookAround(): Promise<void> {
    try {
      const { ring } = this.#step(() => tick(this.#shard, Date.now()))
      await this.#ring(ring)
      await this.#flusher.run()
      await this.#postman.run()
      this.#shard.store.rotateKeys(Date.now())
    } catch (error) {
      console.error(JSON.stringify({ event: 'shard_tick_failed', shard: this.ctx.id.name, error: String(error) }))
    } finally {
      const dueAt = nextDueAt(this.#shard)
      const retryAt = this.#flusher.dueAt(Date.now())
      // An idle object is put aside before the grace is over, and would grant it anew each time its alarm wakes it.
      const awakeAt = isInGrace(this.#shard) ? Date.now() + LOOK_AGAIN_MS : null
      const next = Math.min(...[dueAt, retryAt, awakeAt].map((at) => at ?? Number.MAX_SAFE_INTEGER))
      if (next < Number.MAX_SAFE_INTEGER) this.#arm(Math.max(next, Date.now() + 1))
    }
  }

  /** A step that broke half-way may have changed memory and not the disk: the object starts again from its disk. */
  #step<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      this.ctx.abort(`A step failed: ${String(error)}`)
      throw error
    }
  }

  #after(withinMs = LOOK_AGAIN_MS): void {
    this.#flusher.schedule()
    this.#postman.schedule()
    if (this.#hasBusiness())
      this.#arm(Date.now() + Math.min(withinMs, this.#shard.memory.live.size > 0 ? LOOK_AGAIN_MS : withinMs))
  }

  #hasBusiness(): boolean {
    const { live, unflushed, postDueAt } = this.#shard.memory
    return live.size > 0 || unflushed.size > 0 || postDueAt !== null
  }

  /** One alarm per object, moved only to an earlier instant (4.5). */
  #arm(at: number): void {
    if (this.#armedAt !== null && this.#armedAt <= at) return
    this.#armedAt = at
    void this.ctx.storage.setAlarm(at)
  }

  /** For whom there was no runner until now. */
  #ringSoon(): void {
    this.ctx.waitUntil(this.#ring(doorbellsToSend(this.#shard.memory)))
  }

  /** A runner that ends something mostly comes back for more by itself; one inside a request does not. */
  #ringLater(): void {
    if (this.#ringSet || !hasReady(this.#shard.memory)) return
    this.#ringSet = true
    setTimeout(() => {
      this.#ringSet = false
      this.#ringSoon()
    }, RING_LATER_MS)
  }

  async #ring(count: number): Promise<void> {
    const { meta } = this.#shard.memory
    if (meta === null || count === 0) return
    const { DOORBELLS_0, DOORBELLS_1, DOORBELLS_2, DOORBELLS_3 } = this.env
    const doorbells = createDoorbells([DOORBELLS_0, DOORBELLS_1, DOORBELLS_2, DOORBELLS_3])
    await doorbells.ring({ lane: meta.config.lane, ref: meta.config.ref, shard: meta.no }, count)
  }

  #belongsTo(organizationId: string): boolean {
    return this.#shard.memory.meta?.config.organizationId === organizationId
  }
}

/** When something first becomes due for an execution that has just been accepted: its start, or that it may not start any more. */
function firstDueMs({ delayMs, timeoutMs, cause }: AcceptRequest, now: EpochMs): number {
  const startWithinMs = cause.startBy === undefined ? undefined : Math.max(0, cause.startBy - now)
  return Math.min(...[delayMs, timeoutMs, startWithinMs].map((ms) => ms ?? LOOK_AGAIN_MS))
}

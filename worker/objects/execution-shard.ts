/**
 * One shard of a deployment as a Durable Object: hands every call to its host, and gives the host what the platform has.
 * What a shard does is in shard-host.ts, what it decides in core/shard, what it stores in shard-storage.ts.
 */
import type { EpochMs } from '#core/kernel/time'
import { DurableObject } from 'cloudflare:workers'
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
  ReturnRequest,
  SignalRequest,
} from '#core/shard/wire'
import { createDeadLetterLog } from '../adapters/d1/dead-letter-log'
import { createExecutionIndex } from '../adapters/d1/execution-index'
import { createDoorbells } from '../adapters/queue/doorbells'
import { createIndexCleaner } from '../adapters/d1/index-cleaner'
import { report } from '../adapters/log/report'
import { createArchiveCleaner } from '../adapters/r2/archive-cleaner'
import { createTraceBlocks } from '../adapters/r2/trace-blocks'
import { readSettings, type Bindings } from '../env'
import type { EraseAnswer, PurgeAnswer, ShardHandle } from '../ports/shards'
import { createBlockTable } from './block-table'
import { createJanitor, type Janitor } from './janitor'
import { ShardHost } from './shard-host'
import { createShardStorage } from './shard-storage'
import { vanish } from './vanish'

export class ExecutionShard extends DurableObject<Bindings> {
  readonly #host: ShardHost
  readonly #janitor: Janitor

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    this.#host = new ShardHost({
      no: Number(ctx.id.name?.split(':')[2] ?? '0'),
      store: createShardStorage(ctx.storage),
      clock: () => Date.now(),
      setTimer: (work, ms) => void setTimeout(work, ms),
      setAlarm: (at) => void ctx.storage.setAlarm(at),
      doorbells: createDoorbells([env.DOORBELLS_0, env.DOORBELLS_1, env.DOORBELLS_2, env.DOORBELLS_3]),
      peers: (ref, no) => env.SHARDS.getByName(`dep:${ref}:${no}`) as unknown as ShardHandle,
      growth: {
        atAcceptsPerSecond: readSettings(env).GROW_AT_ACCEPTS_PER_SECOND,
        ask: (ref, wish) => env.DEPLOYMENTS.getByName(`dep:${ref}`).grow(wish),
      },
      slotsOf: (organizationId) => env.SLOTS.getByName(`org:${organizationId}`),
      outside: {
        index: createExecutionIndex(env.DB),
        deadLetters: createDeadLetterLog(env.DB),
        blocks: createTraceBlocks(env.BUCKET),
      },
      background: (work) => ctx.waitUntil(work),
      abort: (reason) => ctx.abort(reason),
      report,
    })
    this.#janitor = createJanitor(this.#host.shard, {
      archive: createArchiveCleaner(env.BUCKET),
      index: { ...createIndexCleaner(env.DB), ...createExecutionIndex(env.DB) },
      blocks: createBlockTable(ctx.storage.sql),
      flush: () => this.#host.flusher.run(),
      report,
    })
    void ctx.blockConcurrencyWhile(async () => this.#host.wake(await ctx.storage.getAlarm()))
  }

  push(request: { config: DeploymentConfig; releases: readonly ReleaseParts[] }) {
    return this.#host.push(request)
  }

  config() {
    return this.#host.config()
  }

  accept(request: AcceptRequest) {
    return this.#host.accept(request)
  }

  acceptMany(request: { requests: readonly AcceptRequest[] }) {
    return this.#host.acceptMany(request)
  }

  findKey(request: FindKeyRequest) {
    return this.#host.findKey(request)
  }

  claim(request: ClaimRequest) {
    return this.#host.claim(request)
  }

  commit(request: { items: readonly CommitItem[] }) {
    return this.#host.commit(request)
  }

  renew(request: { items: readonly RenewItem[] }) {
    return this.#host.renew(request)
  }

  park(request: { items: readonly ParkItem[] }) {
    return this.#host.park(request)
  }

  finish(request: { items: readonly FinishItem[] }) {
    return this.#host.finish(request)
  }

  giveBack(request: ReturnRequest) {
    return this.#host.giveBack(request)
  }

  signal(request: SignalRequest) {
    return this.#host.signal(request)
  }

  notify(request: NotifyRequest) {
    return this.#host.notify(request)
  }

  cancel(request: { organizationId: string; seq: number; reason: string; actor: string | null }) {
    return this.#host.cancel(request)
  }

  read(request: { organizationId: string; seq: number }) {
    return this.#host.read(request)
  }

  peek(request: { organizationId: string; seq: number }) {
    return this.#host.peek(request)
  }

  release(request: { organizationId: string; pin: number }) {
    return this.#host.release(request)
  }

  /** The housekeeping sweep's touch: whatever alarm was lost is armed again, whatever is too old is removed. */
  async poke(): Promise<void> {
    await this.#host.poke(await this.ctx.storage.getAlarm())
    await this.#janitor.expire(Date.now()).catch((error: unknown) => {
      report('expiry_failed', { shard: this.ctx.id.name ?? '', error: String(error) })
    })
  }

  erase(request: { organizationId: string; id: string }): Promise<EraseAnswer> {
    return this.#host.belongsTo(request.organizationId) ? this.#janitor.erase(request.id) : Promise.resolve('unknown')
  }

  async reindex(request: { organizationId: string; sinceAt: EpochMs; from: number }): Promise<number | null> {
    if (!this.#host.belongsTo(request.organizationId)) return null
    const next = await this.#janitor.reindex(request)
    this.#host.after()
    return next
  }

  async purge(request: { organizationId: string; mayCancel: boolean }): Promise<PurgeAnswer> {
    const { memory } = this.#host.shard
    if (memory.meta !== null && !this.#host.belongsTo(request.organizationId)) return 'nothing'
    const left = await this.#janitor.purge(request.mayCancel, Date.now())
    if (left !== 'nothing') this.#host.after()
    else {
      memory.meta = null
      await vanish(this.ctx)
    }
    return left
  }

  override alarm(): Promise<void> {
    return this.#host.alarm()
  }
}

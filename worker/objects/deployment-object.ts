/**
 * Owns: what is live in one deployment — releases, epoch, status, schedules and their ledger (architecture 4.2).
 * Talks to: its shards (push, accept), D1 (projection), queues (doorbells for what its schedules started).
 * One writer: a switch is one transaction, so it is atomic and a due moment starts at most one execution (I8).
 */
import { DurableObject } from 'cloudflare:workers'
import type { EpochMs } from '#core/kernel/time'
import { applyChange } from '#core/release/apply-change'
import { growUnderLoad } from '#core/release/grow-under-load'
import { routeShards } from '#core/release/route-shards'
import {
  configOf,
  limitOf,
  newDeploymentState,
  summarize,
  type DeploymentState,
  type ReleaseHead,
} from '#core/release/state'
import type { ActivateAnswer, ActivateRequest, Actor } from '#core/release/wire'
import { nextFire, parseCron } from '#core/schedule/cron'
import type { ReleaseParts } from '#core/shard/wire'
import type { Delivery } from '#core/model/delivery'
import { IDEMPOTENCY_KEY_MS } from '#core/model/idempotency'
import { LIMITS } from '#core/model/limits'
import { type DeliveryQuery, selectDeliveries } from '#core/release/select-deliveries'
import { randomBytes } from '../adapters/crypto/random'
import { createDeploymentProjection } from '../adapters/d1/deployment-projection'
import { createStores } from '../adapters/d1/stores'
import { createDoorbells } from '../adapters/queue/doorbells'
import { sleep } from '../adapters/timers/sleep'
import type { Bindings } from '../env'
import type { PurgeAnswer, ShardHandle } from '../ports/shards'
import { acceptAtHome } from '../services/accept-at-home'
import { recordAudit } from '../services/record-audit'
import { createDeliveryStorage, type DeliveryStorage } from './delivery-storage'
import { snapshotOf } from './deployment-snapshot'
import { createDeploymentStorage, type DeploymentStorage } from './deployment-storage'
import { createScheduleStorage, type ScheduleStorage } from './schedule-storage'
import { createScheduler, type Scheduler } from './scheduler'
import { vanish } from './vanish'
import { createShardPushes, type Pushed, type ShardPushes } from './shard-pushes'

/** How long a switch waits for its shards before it answers 202. */
const PUSH_WAIT_MS = 5_000
const PUSH_AGAIN_MS = 2_000
const PROJECTION_RETRY_MS_MAX = 60_000
const DAY_MS = 86_400_000
/** Who opened shards when nobody asked for it. */
const SYSTEM: Actor = { id: 'system', email: null }

function recordOf(release: ReleaseHead) {
  const { digest, environmentRevision, createdAt } = release
  return { ...summarize(release), digest, environmentRevision, createdAt }
}

export class DeploymentObject extends DurableObject<Bindings> {
  readonly #storage: DeploymentStorage
  readonly #schedules: ScheduleStorage
  readonly #deliveries: DeliveryStorage
  readonly #scheduler: Scheduler
  readonly #pushes: ShardPushes
  #state: DeploymentState | null

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    this.#storage = createDeploymentStorage(ctx.storage)
    this.#schedules = createScheduleStorage(ctx.storage.sql)
    this.#deliveries = createDeliveryStorage(ctx.storage.sql)
    this.#state = this.#storage.loadState()
    this.#pushes = createShardPushes(this.#storage, (no) => this.#shard(no) as unknown as ShardHandle)
    this.#scheduler = createScheduler(this.#schedules, {
      transaction: (work) => ctx.storage.transactionSync(work),
      accept: (state, no, request) => {
        const config = configOf(state, this.#storage.head(state.active))
        const shards = (_ref: string, place: number) => this.#shard(place) as unknown as ShardHandle
        return acceptAtHome(shards, config, { no, request, now: Date.now() })
      },
      provide: (pin, no) => this.provide({ pin, shard: no }),
      ring: (no, count) => this.#ring(no, count),
      nonce: () => crypto.randomUUID(),
      report: (event, error) => this.#report(event, error),
    })
  }

  async activate(request: ActivateRequest): Promise<ActivateAnswer> {
    const now = Date.now()
    const state = this.#state ?? newDeploymentState(request.identity)
    if (state.identity.organizationId !== request.identity.organizationId) return { kind: 'not_deployed' }
    const earlier = this.#storage.findChange(request.idempotencyKey, now - IDEMPOTENCY_KEY_MS)
    if (earlier !== null) return this.#answer(state, earlier.pin)
    if (request.expectEpoch !== undefined && request.expectEpoch !== state.epoch) {
      return { kind: 'superseded', epoch: state.epoch }
    }
    this.#scheduler.materialise(state, now)
    const changed = this.#step(() => this.ctx.storage.transactionSync(() => this.#change(state, request, now)))
    if ('refused' in changed) return { kind: changed.refused }
    this.#state = changed.state
    // In the same turn as the change, so that no crash leaves it to nobody.
    const dueAt = Math.min(now + PUSH_AGAIN_MS, this.#schedules.nextScheduleAt() ?? Number.MAX_SAFE_INTEGER)
    await this.ctx.storage.setAlarm(dueAt)
    await this.#push(PUSH_WAIT_MS)
    await this.#project(now)
    await this.#armNext()
    return this.#answer(changed.state, changed.pin)
  }

  recall({ organizationId, idempotencyKey }: { organizationId: string; idempotencyKey: string }) {
    if (!this.#belongsTo(organizationId)) return null
    const change = this.#storage.findChange(idempotencyKey, Date.now() - IDEMPOTENCY_KEY_MS)
    const release = this.#storage.head(change?.pin ?? null)
    if (change === null || release === null) return null
    return { release: recordOf(release), from: this.#storage.head(change.fromPin)?.version ?? null }
  }

  async grow({ organizationId, shards: seen }: { organizationId: string; shards: number }): Promise<number> {
    const state = this.#state
    if (state === null || !this.#belongsTo(organizationId)) return 0
    const shards = growUnderLoad(state, limitOf(this.#storage.head(state.active)), seen)
    if (shards === null) return state.routed
    const { identity, epoch } = state
    const change = { kind: 'scale', shards } as const
    const idempotencyKey = crypto.randomUUID()
    const answer = await this.activate({ idempotencyKey, identity, expectEpoch: epoch, actor: SYSTEM, change })
    if (answer.kind !== 'done') return state.routed
    await this.#record('deployment.scaled', { shards, from: seen, cause: 'load' })
    return shards
  }

  async status(scope: { organizationId: string }) {
    if (this.#state === null || !this.#belongsTo(scope.organizationId)) return null
    await this.#push(PUSH_WAIT_MS, true)
    return this.#snapshot(this.#state)
  }

  history(scope: { organizationId: string }) {
    if (!this.#belongsTo(scope.organizationId)) return null
    return this.#storage.history((pin) => this.#storage.head(pin))
  }

  releases(scope: { organizationId: string }) {
    if (!this.#belongsTo(scope.organizationId)) return null
    return this.#storage.heads().map(recordOf)
  }

  /** Gives a shard a release it lacks (accept answered `need_release`); false when there is none. */
  async provide(request: { pin: number; shard: number }): Promise<boolean> {
    const release = this.#parts(request.pin)
    const pushed = this.#pushed()
    if (release === null || pushed === null || request.shard >= pushed.state.shards) return false
    return this.#pushes.provide(pushed, request.shard, release)
  }

  addDeliveries({ organizationId, deliveries }: { organizationId: string; deliveries: readonly Delivery[] }): number {
    if (!this.#belongsTo(organizationId) || deliveries.length === 0) return 0
    this.ctx.storage.transactionSync(() => this.#deliveries.append(deliveries))
    return deliveries.length
  }

  deliveries({ organizationId, query }: { organizationId: string; query: DeliveryQuery }) {
    if (!this.#belongsTo(organizationId)) return null
    return selectDeliveries(this.#deliveries.all(this.#keptSince()), query)
  }

  delivery({ organizationId, id }: { organizationId: string; id: string }) {
    if (!this.#belongsTo(organizationId)) return null
    return this.#deliveries.find(id, this.#keptSince())
  }

  async poke(): Promise<void> {
    await this.alarm()
    if (this.#state !== null) this.#deliveries.dropBefore(this.#keptSince())
    const shards = this.#state?.shards ?? 0
    await Promise.allSettled(Array.from({ length: shards }, (_, no) => this.#shard(no).poke()))
  }

  async reindex(): Promise<{ organizationId: string; shards: number } | null> {
    if (this.#state === null) return null
    this.#storage.queueProjection(Date.now())
    await this.#project(Date.now())
    await this.#armNext()
    return { organizationId: this.#state.identity.organizationId, shards: this.#state.shards }
  }

  /** Nothing of it is left when this answers so; done again it changes nothing. */
  async purge(request: { organizationId: string; mayCancel: boolean }): Promise<PurgeAnswer> {
    const state = this.#state
    if (state !== null) {
      if (!this.#belongsTo(request.organizationId)) return 'nothing'
      const shards = Array.from({ length: state.shards }, (_, no) => this.#shard(no) as unknown as ShardHandle)
      const left = (await Promise.all(shards.map((shard) => shard.purge(request)))).find((word) => word !== 'nothing')
      if (left !== undefined) return left
    }
    this.#state = null
    await vanish(this.ctx)
    return 'nothing'
  }

  override async alarm(): Promise<void> {
    try {
      if (this.#state !== null) {
        this.#scheduler.materialise(this.#state, Date.now())
        if (this.#isPushing()) await this.#push(PUSH_WAIT_MS)
        await this.#scheduler.dispatch(this.#state)
        await this.#project(Date.now())
      }
    } catch (error) {
      this.#report('deployment_alarm_failed', error)
    } finally {
      await this.#armNext()
    }
  }

  /** A step that broke may have changed the disk and not memory: the object starts again from its disk. */
  #step<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      this.ctx.abort(`A step failed: ${String(error)}`)
      throw error
    }
  }

  #change(state: DeploymentState, request: ActivateRequest, now: EpochMs) {
    const { change, actor } = request
    const pin = this.#pinOf(request, now)
    const applied = applyChange(state, change, { pin, actor, at: now })
    if (!applied.ok) return { refused: applied.error } as const
    const next = routeShards(applied.value, limitOf(this.#storage.head(applied.value.active)), now)
    this.#storage.saveState(next)
    this.#storage.openShards(next.shards)
    this.#storage.insertChange({
      idempotencyKey: request.idempotencyKey,
      kind: change.kind === 'switch' || change.kind === 'restore' ? change.cause : change.kind,
      pin: pin ?? state.active,
      fromPin: state.active,
      epoch: next.epoch,
      at: now,
      actor,
      reason: 'reason' in change ? (change.reason ?? null) : change.kind === 'pause' ? change.note : null,
    })
    this.#reschedule(next, now)
    this.#storage.queueProjection(now)
    return { state: next, pin: pin ?? state.active }
  }

  #pinOf({ change }: ActivateRequest, now: EpochMs): number | null {
    if (change.kind === 'switch' || change.kind === 'place') return this.#storage.insertRelease(change.release, now)
    return change.kind === 'restore' ? this.#storage.pinOf(change.releaseId) : null
  }

  /** Schedules follow the active release; an unchanged one keeps its next moment (S62). */
  #reschedule(state: DeploymentState, now: EpochMs): void {
    const live = state.status === 'undeployed' ? null : this.#storage.head(state.active)
    const wanted = new Map((live?.schedules ?? []).map((spec) => [spec.triggerId, spec]))
    for (const known of this.#schedules.schedules()) {
      const spec = wanted.get(known.triggerId)
      if (spec === undefined) this.#schedules.dropSchedule(known.triggerId)
      else if (JSON.stringify(spec) === JSON.stringify(known.spec)) wanted.delete(known.triggerId)
    }
    for (const spec of wanted.values()) {
      const cron = parseCron(spec.cron)
      this.#schedules.putSchedule(spec, cron.ok && spec.enabled ? nextFire(cron.value, spec.timezone, now) : null)
    }
  }

  /** Tells the shards what is new; gives up waiting after a while, and the alarm goes on. */
  async #push(waitMs: number, all = false): Promise<void> {
    const pushed = this.#pushed()
    if (pushed === null) return
    // The timer is ended with the pushes: a pending one would keep the object awake, and billed.
    const patience = new AbortController()
    await Promise.race([this.#pushes.push(pushed, all), sleep(waitMs, patience.signal)])
    patience.abort()
  }

  #pushed(): Pushed | null {
    const state = this.#state
    if (state === null) return null
    const active = this.#storage.head(state.active)
    const release = state.active === null ? null : this.#parts(state.active)
    return { state, config: configOf(state, active), active, release }
  }

  /** Calls are remembered as long as the executions they started are kept. */
  #keptSince(): EpochMs {
    const active = this.#storage.head(this.#state?.active ?? null)
    return Date.now() - (active?.retentionDays ?? LIMITS.retentionDaysDefault) * DAY_MS
  }

  #isPushing(): boolean {
    const pushed = this.#pushed()
    return pushed !== null && this.#pushes.waiting(pushed).length > 0
  }

  async #project(now: EpochMs): Promise<void> {
    const due = this.#storage.dueProjection()
    const state = this.#state
    if (due === null || due.dueAt > now || state === null) return
    try {
      await createDeploymentProjection(this.env.DB).project(this.#snapshot(state))
      // A change made meanwhile has asked for a projection of its own.
      if (this.#state === state) this.#storage.projectionDone(due.id)
    } catch (error) {
      const waitMs = Math.min(1_000 * 2 ** due.tries, PROJECTION_RETRY_MS_MAX)
      if (this.#state === state) this.#storage.retryProjection(due.id, now + waitMs)
      this.#report('projection_failed', error)
    }
  }

  /** The change is kept here in any case; the audit is told once, if it listens. */
  async #record(action: string, detail: Readonly<Record<string, unknown>>): Promise<void> {
    const { organizationId, deploymentId } = this.#state?.identity ?? {}
    if (organizationId === undefined || deploymentId === undefined) return
    const stores = createStores(this.env.DB, { organizationId })
    const context = { clock: Date.now, randomBytes, stores, caller: { actor: SYSTEM } }
    await recordAudit(context, action, deploymentId, detail).catch((error: unknown) => {
      this.#report('audit_failed', error)
    })
  }

  #answer(state: DeploymentState, pin: number | null): ActivateAnswer {
    const release = this.#storage.head(pin)
    const snapshot = this.#snapshot(state)
    return {
      kind: 'done',
      epoch: state.epoch,
      releaseId: release?.releaseId ?? null,
      shardsPending: snapshot.shardsPending,
      snapshot,
    }
  }

  #snapshot(state: DeploymentState) {
    return snapshotOf(state, this.#storage, this.#schedules)
  }

  #parts(pin: number): ReleaseParts | null {
    const release = this.#storage.release(pin)
    if (release === null) return null
    const { document, environment } = release
    return { pin, summary: summarize(release), document, environment }
  }

  async #armNext(): Promise<void> {
    const state = this.#state
    if (state === null) return
    const candidates = [this.#schedules.nextScheduleAt(), this.#storage.dueProjection()?.dueAt ?? null]
    if (this.#isPushing()) candidates.push(Date.now() + PUSH_AGAIN_MS)
    if (this.#schedules.dispatching().length > 0) candidates.push(Date.now() + PUSH_AGAIN_MS)
    const due = candidates.filter((at) => at !== null)
    if (due.length === 0) await this.ctx.storage.deleteAlarm()
    else await this.ctx.storage.setAlarm(Math.max(Date.now() + 1, Math.min(...due)))
  }

  #shard(no: number) {
    const ref = this.#state?.identity.ref ?? ''
    return this.env.SHARDS.getByName(`dep:${ref}:${no}`)
  }

  async #ring(no: number, count: number): Promise<void> {
    const identity = this.#state?.identity
    if (identity === undefined) return
    const { DOORBELLS_0, DOORBELLS_1, DOORBELLS_2, DOORBELLS_3 } = this.env
    const doorbells = createDoorbells([DOORBELLS_0, DOORBELLS_1, DOORBELLS_2, DOORBELLS_3])
    await doorbells.ring({ lane: identity.lane, ref: identity.ref, shard: no }, count)
  }

  #report(event: string, error: unknown): void {
    console.error(JSON.stringify({ event, deployment: this.ctx.id.name, error: String(error) }))
  }

  #belongsTo(organizationId: string): boolean {
    return this.#state?.identity.organizationId === organizationId
  }
}

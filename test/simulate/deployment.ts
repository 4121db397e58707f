import { applyChange } from '#core/release/apply-change'
import type { ShardShare } from '#core/release/allot-quotas'
import { routeShards } from '#core/release/route-shards'
import { configOf, type DeploymentState, limitOf, newDeploymentState, type ReleaseHead } from '#core/release/state'
import type { Change } from '#core/release/wire'
import type { DeploymentConfig } from '#core/model/deployment-config'
import { createShardPushes, type Pushed, type ShardPushes } from '../../worker/objects/shard-pushes'
import type { ShardHandle } from '../../worker/ports/shards'
import type { SimulatedDocument } from './documents'
import { identityOf, releaseOf } from './releases'
import type { Timeline } from './timeline'

const PUSH_AGAIN_MS = 1_000
const ACTOR = { id: 'user_simulated', email: null }

export type Limits = { readonly quota: number; readonly concurrency: number | null; readonly shards: number }

/**
 * The writer of what is live, which never dies here: what is tried is how its shards hear of a change. State, shares and
 * pushes are the shipped ones; only its disk is a few fields.
 */
export class SimulatedDeployment {
  readonly limits: Limits
  readonly #document: SimulatedDocument
  readonly #timeline: Timeline
  readonly #pushes: ShardPushes
  readonly #shares = new Map<number, ShardShare & { readonly epochAcked: number }>()
  #state: DeploymentState
  #isPushing = false

  constructor(document: SimulatedDocument, limits: Limits, timeline: Timeline, shard: (no: number) => ShardHandle) {
    this.limits = limits
    this.#document = document
    this.#timeline = timeline
    const state = { ...newDeploymentState(identityOf(document)), epoch: 1, status: 'active', active: 1 } as const
    this.#state = routeShards({ ...state, shards: limits.shards }, limits.quota, timeline.now())
    this.#openShards()
    const storage = {
      shares: () => [...this.#shares.values()],
      shardsBehind: (epoch: number) => this.#numbers(({ epochAcked }) => epochAcked < epoch),
      shardAcked: (share: ShardShare, epoch: number) => {
        const epochAcked = Math.max(epoch, this.#shares.get(share.no)?.epochAcked ?? 0)
        this.#shares.set(share.no, { ...share, epochAcked })
      },
    }
    this.#pushes = createShardPushes(storage, shard)
  }

  config(): DeploymentConfig {
    return this.#pushed().config
  }

  /** Makes another release active, or opens more shards; the shards hear of it until all have. */
  change(change: Change | { readonly kind: 'release'; readonly pin: number }): void {
    const applied = change.kind === 'release' ? { ...change, kind: 'restore' as const, ...RESTORED } : change
    const pin = change.kind === 'release' ? change.pin : null
    const at = this.#timeline.now()
    const next = applyChange(this.#state, applied, { pin, actor: ACTOR, at })
    if (next.ok) this.#state = routeShards(next.value, limitOf(this.#head()), at)
    this.#openShards()
    void this.push()
  }

  /** Asks a shard that lacks the release to take it. */
  provide(no: number, pin: number): Promise<boolean> {
    if (no >= this.#state.shards) return Promise.resolve(false)
    return this.#pushes.provide(this.#pushed(), no, releaseOf(this.#document, pin, this.limits.concurrency))
  }

  async push(): Promise<void> {
    if (this.#isPushing) return
    this.#isPushing = true
    while (this.#pushes.waiting(this.#pushed()).length > 0) {
      await this.#pushes.push(this.#pushed())
      await this.#timeline.sleep(PUSH_AGAIN_MS)
    }
    this.#isPushing = false
  }

  #openShards(): void {
    for (let no = 0; no < this.#state.shards; no++) {
      if (!this.#shares.has(no)) this.#shares.set(no, { no, quota: 0, running: 0, waiting: 0, epochAcked: 0 })
    }
  }

  #numbers(wanted: (share: { readonly epochAcked: number }) => boolean): readonly number[] {
    return [...this.#shares.values()].filter(wanted).map(({ no }) => no)
  }

  #head(): ReleaseHead {
    const { summary } = releaseOf(this.#document, this.#state.active ?? 1, this.limits.concurrency)
    return { ...summary, quota: this.limits.quota } as ReleaseHead
  }

  #pushed(): Pushed {
    const active = this.#head()
    const release = releaseOf(this.#document, active.pin, this.limits.concurrency)
    return { state: this.#state, config: configOf(this.#state, active), active, release }
  }
}

const RESTORED = { releaseId: 'rel', cause: 'activate' } as const

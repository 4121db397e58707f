import { allotQuotas, isAllotted, type ShardShare } from '#core/release/allot-quotas'
import { limitOf, type DeploymentState, type ReleaseHead } from '#core/release/state'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { ReleaseParts } from '#core/shard/wire'
import type { ShardHandle } from '../ports/shards'

/** What the shards are to know: a state with its active release, whole and as the config names it. */
export type Pushed = {
  readonly state: DeploymentState
  readonly config: DeploymentConfig
  readonly active: ReleaseHead | null
  readonly release: ReleaseParts | null
}

/** What is known of the shards: their shares of the limit, and how far they have heard. */
type ShardShares = {
  readonly shares: () => readonly (ShardShare & { readonly epochAcked: number })[]
  readonly shardAcked: (share: ShardShare, epoch: number) => void
  /** Shards that have not heard of an epoch. */
  readonly shardsBehind: (epoch: number) => readonly number[]
}

export type ShardPushes = {
  /** Shards that have to be told something: a newer epoch, another share of the limit. */
  waiting(pushed: Pushed): readonly number[]
  /**
   * Tells them, the ones that already take executions before the new ones: a key must not be accepted by a new shard while
   * an old one might still accept it too (4.4 rule 2). `all` also asks the others how much they run. Never rejects.
   */
  push(pushed: Pushed, all?: boolean): Promise<void>
  /** Gives one shard a release; false while it may not be opened yet. */
  provide(pushed: Pushed, no: number, release: ReleaseParts): Promise<boolean>
}

export function createShardPushes(storage: ShardShares, shard: (no: number) => ShardHandle): ShardPushes {
  /** One call at a time to each shard, so that no older share overtakes a newer one. */
  const underway = new Map<number, Promise<unknown>>()

  function sharesOf({ state, active }: Pushed) {
    const shares = storage.shares()
    const limit = limitOf(active)
    return {
      shares,
      limit,
      quotas: allotQuotas(limit, state.routed, shares),
      isDone: isAllotted(limit, state.routed, shares),
    }
  }

  function waiting(pushed: Pushed): readonly number[] {
    const { shares, quotas, isDone } = sharesOf(pushed)
    return shares
      .filter(
        ({ no, epochAcked, quota, running, waiting }) =>
          epochAcked < pushed.state.epoch || quotas.get(no) !== quota || (!isDone && (running > quota || waiting > 0)),
      )
      .map(({ no }) => no)
  }

  function tell(pushed: Pushed, no: number, releases: readonly ReleaseParts[]): Promise<void> {
    const call = (underway.get(no) ?? Promise.resolve()).then(() => send(pushed, no, releases))
    const settled = call.catch(() => undefined)
    underway.set(no, settled)
    void settled.then(() => underway.get(no) === settled && underway.delete(no))
    return call
  }

  async function send(pushed: Pushed, no: number, releases: readonly ReleaseParts[]): Promise<void> {
    const quota = sharesOf(pushed).quotas.get(no) ?? 0
    const { epoch, running, waiting } = await shard(no).push({ config: { ...pushed.config, quota }, releases })
    storage.shardAcked({ no, quota, running, waiting }, epoch)
  }

  function tellAll(pushed: Pushed, numbers: readonly number[]): Promise<unknown> {
    const behind = new Set(storage.shardsBehind(pushed.state.epoch))
    const releases = (no: number) => (pushed.release !== null && behind.has(no) ? [pushed.release] : [])
    return Promise.allSettled(numbers.map((no) => tell(pushed, no, releases(no))))
  }

  function mayOpen({ state }: Pushed): boolean {
    return storage.shares().every(({ epochAcked }) => epochAcked === 0 || epochAcked >= state.epoch)
  }

  function isNew(no: number): boolean {
    return storage.shares().find((share) => share.no === no)?.epochAcked === 0
  }

  return {
    waiting,
    async push(pushed, all = false) {
      const numbers = all ? storage.shares().map(({ no }) => no) : waiting(pushed)
      const [fresh, open] = [numbers.filter(isNew), numbers.filter((no) => !isNew(no))]
      await tellAll(pushed, open)
      if (mayOpen(pushed)) await tellAll(pushed, fresh)
    },
    async provide(pushed, no, release) {
      if (!mayOpen(pushed)) await this.push(pushed)
      if (isNew(no) && !mayOpen(pushed)) return false
      await tell(pushed, no, [release])
      return true
    },
  }
}

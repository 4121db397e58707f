/** One shard as it last answered: what it may run at once, what it ran then, and what waited for a slot. */
export type ShardShare = {
  readonly no: number
  readonly quota: number
  readonly running: number
  readonly waiting: number
}

/**
 * Shares a deployment's limit out to its shards. Those that take new executions (`no < routed`) get the same, the first
 * ones the rest; others that still have some are drained with one slot each. A share that shrinks does so at once; one that
 * grows gets only what nobody holds any more, so that the limit holds at every moment (I9). Asked again after each answer
 * until nothing changes.
 */
export function allotQuotas(limit: number, routed: number, shards: readonly ShardShare[]): ReadonlyMap<number, number> {
  const wishes = wishesOf(limit, routed, shards)
  let free = limit - shards.reduce((held, share) => held + heldBy(share), 0)
  const quotas = new Map<number, number>()
  for (const share of shards) {
    const wish = wishes.get(share.no) ?? 0
    if (wish <= share.quota) {
      quotas.set(share.no, wish)
      continue
    }
    const held = heldBy(share)
    const granted = Math.min(wish, held + Math.max(0, free))
    free -= Math.max(0, granted - held)
    quotas.set(share.no, Math.max(share.quota, granted))
  }
  return quotas
}

/** Whether every shard has its final share and nothing more is to be moved between them. */
export function isAllotted(limit: number, routed: number, shards: readonly ShardShare[]): boolean {
  const wishes = wishesOf(limit, routed, shards)
  return shards.every((share) => share.quota === wishes.get(share.no) && (share.no < routed || !isDraining(share)))
}

/** What ran when the quota was lowered goes on, and holds its slots until it ends. */
function heldBy({ quota, running }: ShardShare): number {
  return Math.max(quota, running)
}

function isDraining({ running, waiting }: ShardShare): boolean {
  return running + waiting > 0
}

function wishesOf(limit: number, routed: number, shards: readonly ShardShare[]): ReadonlyMap<number, number> {
  const wishes = new Map<number, number>()
  let left = limit
  for (const share of shards) {
    const wish = share.no >= routed && isDraining(share) && left > 0 ? 1 : 0
    left -= wish
    wishes.set(share.no, wish)
  }
  for (const { no } of shards) {
    if (no < routed) wishes.set(no, Math.floor(left / routed) + (no < left % routed ? 1 : 0))
  }
  return wishes
}

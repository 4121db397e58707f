import * as z from 'zod'
import type { EpochMs } from '#core/kernel/time'
import type { Deployments } from '../ports/deployments'
import type { DeploymentSweep } from '../ports/deployment-sweep'
import type { Shards } from '../ports/shards'
import type { SweepCursor } from '../ports/sweep-cursor'

/** Objects asked in one call. */
const STEPS_MAX = 200
const END = 'end'

/** Where a reindex goes on: a block of a shard of a deployment. */
const Place = z.object({
  ref: z.string(),
  organizationId: z.string(),
  shards: z.int(),
  shard: z.int(),
  block: z.int(),
})
type Place = z.infer<typeof Place>

const START: Place = { ref: '', organizationId: '', shards: 0, shard: 0, block: 0 }

export type ReindexDeps = {
  /** Null: nothing was lost. */
  readonly sinceAt: EpochMs | null
  readonly sweep: Pick<DeploymentSweep, 'refs'>
  readonly deployments: (ref: string) => Pick<ReturnType<Deployments>, 'reindex'>
  readonly shards: (ref: string, no: number) => Pick<ReturnType<Shards>, 'reindex'>
  /** One for each instant, so that another one starts anew. */
  readonly cursor: SweepCursor
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

/**
 * Has every deployment and every shard tell the index what it was told since an instant: for an operator who had to set the
 * database back to then (I12). Some of them in each call, until all were asked; one that fails is asked again in the next
 * call before others are. Answers whether all were asked.
 */
export async function reindex(deps: ReindexDeps): Promise<boolean> {
  const { sinceAt, cursor, report } = deps
  if (sinceAt === null) return true
  const stored = await cursor.read()
  if (stored === END) return true
  let place: Place | null = stored === '' ? START : Place.parse(JSON.parse(stored))
  try {
    for (let steps = 0; steps < STEPS_MAX && place !== null; steps++) place = await step(deps, sinceAt, place)
    if (place === null) report('reindexed', { since: new Date(sinceAt).toISOString() })
  } catch (error) {
    report('reindex_failed', { ref: place?.ref ?? '', shard: place?.shard ?? 0, error: String(error) })
  }
  await cursor.move(place === null ? END : JSON.stringify(place))
  return place === null
}

/** Asks one shard, or the next deployment when all shards of one were asked. Null after the last. */
async function step(
  { sweep, deployments, shards }: ReindexDeps,
  sinceAt: EpochMs,
  place: Place,
): Promise<Place | null> {
  const { ref, organizationId, shard, block } = place
  if (shard < place.shards) {
    const next = await shards(ref, shard).reindex({ organizationId, sinceAt, from: block })
    return next === null ? { ...place, shard: shard + 1, block: 0 } : { ...place, block: next }
  }
  const [after] = await sweep.refs(ref, 1)
  if (after === undefined) return null
  const deployment = (await deployments(after).reindex()) ?? { organizationId: '', shards: 0 }
  return { ref: after, ...deployment, shard: 0, block: 0 }
}

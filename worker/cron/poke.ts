import type { Deployments } from '../ports/deployments'
import type { DeploymentSweep } from '../ports/deployment-sweep'

/** A call of the platform may make so many calls of its own; the sweep leaves half of them to what else it does. */
export const POKES_MAX = 500

/**
 * Touches some deployments, which touch their shards: whatever alarm was lost is armed again, whatever is old is removed
 * (I2). Called every minute it gets round all of them in `rounds` calls, an equal share in each; where that would be too many
 * at once, in more. Goes on where the last call stopped, and beyond a share that stopped that call. Answers how many.
 */
export async function poke(
  sweep: DeploymentSweep,
  deployments: Deployments,
  rounds: number,
  report: (event: string, facts: Readonly<Record<string, string | number>>) => void,
): Promise<number> {
  const total = await sweep.count()
  const share = Math.min(POKES_MAX, Math.ceil(total / rounds))
  if (share === 0) return 0
  const refs = await nextRefs(sweep, share)
  await sweep.moveCursor(refs.at(-1) ?? '')
  const touches = await Promise.allSettled(refs.map((ref) => deployments(ref).poke()))
  for (const [index, touch] of touches.entries()) {
    if (touch.status === 'rejected') report('poke_failed', { ref: refs[index] ?? '', error: String(touch.reason) })
  }
  return refs.length
}

/** The refs after the cursor; at the end the first ones again, but none twice. */
async function nextRefs(sweep: DeploymentSweep, share: number): Promise<readonly string[]> {
  const after = await sweep.cursor()
  const refs = await sweep.refs(after, share)
  if (refs.length === share || after === '') return refs
  const first = await sweep.refs('', share - refs.length)
  return [...refs, ...first.filter((ref) => ref <= after)]
}

import type { Deployments } from '../ports/deployments'
import type { DeploymentSweep } from '../ports/deployment-sweep'

const PAGE = 200

/** Touches every deployment, which touches its shards: whatever alarm was lost is armed again (I2). Answers how many. */
export async function poke(
  sweep: DeploymentSweep,
  deployments: Deployments,
  report: (event: string, facts: Readonly<Record<string, string | number>>) => void,
): Promise<number> {
  let poked = 0
  for (let after = ''; ;) {
    const refs = await sweep.refs(after, PAGE)
    const touches = await Promise.allSettled(refs.map((ref) => deployments(ref).poke()))
    for (const [index, touch] of touches.entries()) {
      if (touch.status === 'rejected') report('poke_failed', { ref: refs[index] ?? '', error: String(touch.reason) })
    }
    poked += refs.length
    const last = refs.at(-1)
    if (last === undefined || refs.length < PAGE) return poked
    after = last
  }
}

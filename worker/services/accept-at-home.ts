import { assertNever } from '#core/kernel/assert'
import type { EpochMs } from '#core/kernel/time'
import type { DeploymentConfig } from '#core/model/deployment-config'
import { earlierHomes } from '#core/model/home-shard'
import type { AcceptAnswer, AcceptRequest } from '#core/shard/wire'
import type { Shards } from '../ports/shards'

/**
 * Sends a request to its shard, after asking the shards that were home to its key before the number of shards changed: what
 * one of them accepted is answered again (4.4 rule 2). `stale` when one of them has not heard of the change yet.
 */
export async function acceptAtHome(
  shards: Shards,
  config: DeploymentConfig,
  { no, request, now }: { readonly no: number; readonly request: AcceptRequest; readonly now: EpochMs },
): Promise<AcceptAnswer> {
  const earlier = request.key === undefined ? [] : earlierHomes(request.home ?? request.key, config, now)
  for (const place of earlier) {
    const { organizationId, ref, epoch } = config
    const wish = { organizationId, hash: request.key ?? '', fingerprint: request.fingerprint ?? '', epoch }
    const answer = await shards(ref, place).findKey(wish)
    switch (answer.kind) {
      case 'found':
        return { kind: 'accepted', id: answer.id, duplicate: true, ring: 0 }
      case 'key_reused':
        return { kind: 'refused', code: 'key_reused' }
      case 'behind':
        return { kind: 'refused', code: 'unknown_shard' }
      case 'none':
        break
      default:
        return assertNever(answer)
    }
  }
  return shards(config.ref, no).accept(request)
}

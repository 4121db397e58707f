import type { DeploymentConfig } from '#core/model/deployment-config'
import { shardOf } from '#core/model/execution-id'
import type { Work } from '#core/shard/wire'

/** What the keys of the objects begin with that a runner stores for an execution (4.4 rule 13). */
export function objectPlace({ id, seq, token }: Work, { organizationId, ref }: DeploymentConfig): string {
  return `o/standard/${organizationId}/${ref}/${shardOf(id)}/${seq}/${token}`
}

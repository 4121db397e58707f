import type { DeploymentConfig } from '#core/model/deployment-config'
import { parseExecutionId } from '#core/model/execution-id'
import type { Work } from '#core/shard/wire'

/** What the keys of the objects begin with that a runner stores for an execution (4.4 rule 13). */
export function objectPlace({ id, seq, token }: Work, { organizationId, ref }: DeploymentConfig): string {
  const shard = parseExecutionId(id)?.shard ?? 0
  return `o/standard/${organizationId}/${ref}/${shard}/${seq}/${token}`
}

import type { EpochMs } from '../kernel/time'
import type { DeploymentConfig } from '../model/deployment-config'
import { formatExecutionId } from '../model/execution-id'

/** The id of a shard's row. */
export function executionId(config: DeploymentConfig, no: number, row: { seq: number; acceptedAt: EpochMs }): string {
  return formatExecutionId({ acceptedAt: row.acceptedAt, ref: config.ref, shard: no, seq: row.seq })
}

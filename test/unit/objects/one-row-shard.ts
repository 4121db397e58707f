import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Live, Shard } from '#core/shard/memory'
import type { RowHead, RowState, ShardStore } from '#core/shard/store'
import { NO_LOAN } from '#core/shard/wire'

const config: DeploymentConfig = {
  v: 1,
  epoch: 1,
  organizationId: 'org_1',
  deploymentId: 'deploy_1',
  ref: '0000000000000',
  workflowId: 'workflow_1',
  workflowName: 'orders',
  environment: 'production',
  environmentId: 'env_1',
  lane: 0,
  status: 'active',
  active: 1,
  shards: 1,
  quota: 1_000,
  releases: [],
}

/** A shard whose only execution (accepted at 0) is in this state and has not been projected; `disk` is what it remembers. */
export function oneRowShard(state: RowState, claimed = false): { shard: Shard; disk: { flushedThrough: number } } {
  const isLive = state === 'live' || state === 'parked'
  const disk = { flushedThrough: 0 }
  const result = isLive ? null : '{"error":null,"startedAt":1,"endedAt":2}'
  const head: RowHead = {
    seq: 0,
    pin: 1,
    state,
    acceptedAt: 0,
    cause: { type: 'webhook', triggerId: 'webhook', actor: null },
    result,
    startedAt: null,
  }
  const store: Partial<ShardStore> = {
    heads: (seqs) => (seqs.includes(0) ? [head] : []),
    saveFlushedThrough: (finishNo) => void (disk.flushedThrough = finishNo),
  }
  const memory: Shard['memory'] = {
    meta: { no: 0, config, finishNo: 1, flushedThrough: 0, loan: NO_LOAN },
    nextSeq: 1,
    live: new Map(isLive ? [[0, { seq: 0, acceptedAt: 0, claimed } as Live]] : []),
    ready: new Set(),
    opened: new Set(),
    groups: new Map(),
    resumed: new Set(),
    leases: new Map(),
    slots: 0,
    keyedSlots: 0,
    rung: 0,
    lastClaimAt: 0,
    ringWaitMs: 5_000,
    unflushed: new Map(isLive ? [] : [[0, 1]]),
    unseen: new Set(isLive ? [0] : []),
    releases: new Map(),
    blocks: new Map(),
    postDueAt: null,
  }
  return { shard: { store: store as ShardStore, memory }, disk }
}

import { describe, expect, it } from 'vitest'
import { growUnderLoad } from '#core/release/grow-under-load'
import { newDeploymentState, type DeploymentState } from '#core/release/state'

const identity = {
  organizationId: 'org_1',
  deploymentId: 'deploy_1',
  ref: 'd000000000001',
  workflowId: 'workflow_1',
  workflowName: 'orders',
  environment: 'production',
  environmentId: 'env_1',
  lane: 0,
}
const live = (changes: Partial<DeploymentState> = {}): DeploymentState => ({
  ...newDeploymentState(identity),
  status: 'active',
  active: 1,
  ...changes,
})
const at = (shards: number) => live({ shards, routed: shards })

describe('a deployment under load', () => {
  it('grows four times at each step, up to 64 shards', () => {
    expect([1, 4, 16, 64].map((shards) => growUnderLoad(at(shards), 1_000, shards))).toEqual([4, 16, 64, null])
  })

  it('grows once when several of its shards ask at the same time', () => {
    expect(growUnderLoad(at(4), 1_000, 1)).toBeNull()
    expect(growUnderLoad(at(4), 1_000, 16)).toBeNull()
  })

  it.each(['paused', 'undeployed'] as const)('stays as it is while it is %s', (status) => {
    expect(growUnderLoad(live({ status }), 1_000, 1)).toBeNull()
  })

  it('stays as it is where its limit would leave a shard fewer slots than one runner takes', () => {
    expect(growUnderLoad(at(1), 20, 1)).toBe(4)
    expect(growUnderLoad(at(1), 19, 1)).toBeNull()
  })

  it('stays as it is while its limit keeps some of its shards unused', () => {
    expect(growUnderLoad(live({ shards: 16, routed: 4 }), 15, 4)).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import { applyChange } from '#core/release/apply-change'
import { type DeploymentState, newDeploymentState } from '#core/release/state'
import type { Change, NewRelease, ReleaseCause } from '#core/release/wire'

const ALICE = { id: 'user_1', email: 'alice@example.com' }
const identity = {
  organizationId: 'org_1',
  deploymentId: 'deploy_1',
  ref: '0000000000000',
  workflowId: 'workflow_1',
  workflowName: 'orders',
  environment: 'production',
  environmentId: 'env_1',
  lane: 0,
}

const switched = (cause: ReleaseCause): Change => ({ kind: 'switch', cause, release: {} as NewRelease })

function after(state: DeploymentState, change: Change, pin: number | null, at: number): DeploymentState {
  const next = applyChange(state, change, { pin, actor: ALICE, at })
  if (!next.ok) throw new Error(next.error)
  return next.value
}

describe('what is live after a change', () => {
  const first = after(newDeploymentState(identity), switched('deploy'), 1, 10)
  const second = after(first, switched('deploy'), 2, 20)

  it('is what was deployed last, and before it what it replaced', () => {
    expect(second).toMatchObject({ epoch: 2, active: 2, standby: 1, activatedAt: 20, status: 'active' })
  })

  it('has new values without a deploy: what was live before and since when stay', () => {
    const configured = after(second, switched('config'), 3, 30)
    expect(configured).toMatchObject({ epoch: 3, active: 3, standby: 1, activatedAt: 20, activatedBy: ALICE })
  })

  it('is what was switched back to, and before it what was switched away from', () => {
    const back = after(second, { kind: 'restore', releaseId: 'rel_1', cause: 'rollback' }, 1, 30)
    expect(back).toMatchObject({ active: 1, standby: 2, activatedAt: 30 })
  })

  it('stays paused when it is deployed to, until it is resumed', () => {
    const paused = after(second, { kind: 'pause', note: 'holidays' }, null, 30)
    const deployed = after(paused, switched('deploy'), 3, 40)
    expect(deployed).toMatchObject({ active: 3, status: 'paused', pauseNote: 'holidays' })
    expect(after(deployed, { kind: 'resume' }, null, 50)).toMatchObject({ status: 'active', pauseNote: null })
  })

  it('is not changed by what cannot be: nothing deployed, no such release, fewer shards', () => {
    const context = { pin: null, actor: ALICE, at: 30 }
    expect(applyChange(newDeploymentState(identity), { kind: 'pause', note: null }, context)).toMatchObject({
      error: 'not_deployed',
    })
    expect(applyChange(second, { kind: 'restore', releaseId: 'rel_9', cause: 'activate' }, context)).toMatchObject({
      error: 'unknown_release',
    })
    expect(applyChange({ ...second, shards: 4 }, { kind: 'scale', shards: 1 }, context)).toMatchObject({
      error: 'cannot_shrink',
    })
  })
})

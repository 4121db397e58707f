import { describe, expect, it } from 'vitest'
import { formatExecutionId } from '#core/model/execution-id'
import type { ExecutionStatus } from '#core/model/execution-status'
import { cancelExecution } from '../../../worker/services/executions'
import type { ServiceContext } from '../../../worker/services/service-context'

const id = formatExecutionId({ acceptedAt: 1, ref: '0'.repeat(13), shard: 0, seq: 7 })
const place = { workflowId: 'workflow_1', workflowName: 'orders', deploymentId: 'deploy_1', environment: 'production' }
const recordAs = (status: ExecutionStatus) => ({ id, seq: 7, status })

/** A shard that has moved the execution to the archive by the time the cancel was answered. */
function archivedMeanwhile(cancelled: 'recorded' | 'unknown', ended: ExecutionStatus) {
  let isArchived = false
  const audited: string[] = []
  const found = { record: recordAs('running'), release: { summary: { version: 'v1', versionId: 'version_1' } } }
  const handle = {
    read: async () => (isArchived ? { archived: 'block' } : { ...found, config: place }),
    cancel: async () => {
      isArchived = true
      return cancelled
    },
    peek: async () => ({ archived: 'block' }),
  }
  const summary = { ...place, organizationId: 'org_1', version: 'v1' }
  const ctx = {
    clock: () => 1,
    randomBytes: (length: number) => new Uint8Array(length),
    shards: () => handle,
    archive: { read: async () => ({ record: recordAs(ended), summary, release: null }) },
    caller: { actor: { id: 'user_1', email: null }, workflowIds: null, environments: null },
    stores: {
      organizationId: 'org_1',
      audit: { append: async ({ action }: { action: string }) => void audited.push(action) },
    },
  } as unknown as ServiceContext
  return { ctx, audited }
}

describe('cancelling an execution that is archived in the same moment', () => {
  it('answers what the cancel did, not what was seen before it', async () => {
    const { ctx, audited } = archivedMeanwhile('recorded', 'cancelled')
    expect(await cancelExecution(ctx, id, undefined)).toBe('cancelled')
    expect(audited).toEqual(['execution.cancelled'])
  })

  it('is refused when the end came first, with the status it ended with', async () => {
    const { ctx, audited } = archivedMeanwhile('unknown', 'completed')
    await expect(cancelExecution(ctx, id, undefined)).rejects.toMatchObject({
      code: 'execution_finished',
      details: { detail: 'The execution has ended: completed.' },
    })
    expect(audited).toEqual([])
  })
})

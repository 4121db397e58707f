import type { ExecutionIndex } from '../../ports/execution-index'

/** Column → path in an ExecutionSummary. */
const COLUMNS = {
  organization_id: 'organizationId',
  id: 'id',
  workflow_id: 'workflowId',
  workflow_name: 'workflowName',
  deployment_id: 'deploymentId',
  environment: 'environment',
  version: 'version',
  status: 'status',
  trigger: 'trigger',
  trigger_id: 'triggerId',
  actor_id: 'actorId',
  actor_email: 'actorEmail',
  accepted_at: 'acceptedAt',
  started_at: 'startedAt',
  ended_at: 'endedAt',
  error_code: 'errorCode',
  error_message: 'errorMessage',
  error_stage: 'errorStage',
  is_test: 'test',
  replay_of: 'replayOf',
  parent_execution_id: 'parentExecutionId',
  tags: 'tags',
  starts_at: 'startsAt',
  expires_at: 'expiresAt',
  rev: 'rev',
} as const

const names = Object.keys(COLUMNS)
const values = Object.values(COLUMNS).map((path) => `row.value ->> '$.${path}'`)
/** What can change; an indexed column named here would cost a second row per update, changed or not. */
const CHANGING = ['status', 'started_at', 'ended_at', 'error_code', 'error_message', 'error_stage', 'rev']
const updates = CHANGING.map((name) => `${name} = excluded.${name}`)

/** One statement whatever the number of rows: the whole batch travels as one JSON parameter. */
const UPSERT = `INSERT INTO executions (${names.join(', ')})
SELECT ${values.join(', ')} FROM json_each(?1) AS row WHERE true
ON CONFLICT (organization_id, id) DO UPDATE SET ${updates.join(', ')} WHERE excluded.rev > executions.rev`

/** The execution index in D1. Rejects when D1 is away; the caller keeps the summaries and tries again. */
export function createExecutionIndex(db: D1Database): ExecutionIndex {
  return {
    async upsert(summaries) {
      if (summaries.length === 0) return
      await db.prepare(UPSERT).bind(JSON.stringify(summaries)).run()
    },
  }
}

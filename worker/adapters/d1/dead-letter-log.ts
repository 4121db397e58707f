import type { DeadLetterLog } from '../../ports/dead-letter-log'

/** Column → member of a DeadLetter. */
const COLUMNS = {
  id: 'id',
  organization_id: 'organizationId',
  kind: 'kind',
  workflow_id: 'workflowId',
  deployment_id: 'deploymentId',
  environment: 'environment',
  execution_id: 'executionId',
  shard: 'shard',
  code: 'code',
  message: 'message',
  stage: 'stage',
  created_at: 'createdAt',
} as const

const values = Object.values(COLUMNS).map((path) => `row.value ->> '$.${path}'`)
const INSERT = `INSERT INTO dead_letters (${Object.keys(COLUMNS).join(', ')})
SELECT ${values.join(', ')} FROM json_each(?1) AS row WHERE true ON CONFLICT (id) DO NOTHING RETURNING id`

/** Dead letters in D1. Rejects when D1 is away; the caller keeps them and tries again. */
export function createDeadLetterLog(db: D1Database): DeadLetterLog {
  return {
    async add(letters) {
      if (letters.length === 0) return []
      const { results } = await db.prepare(INSERT).bind(JSON.stringify(letters)).all<{ id: string }>()
      return results.map(({ id }) => id)
    },
  }
}

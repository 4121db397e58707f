import { and, desc, eq, gte, lt, lte, sql, type SQL } from 'drizzle-orm'
import { EXECUTION_STATUSES, type ExecutionStatus } from '#core/model/execution-status'
import type { ExecutionSummary } from '#core/shard/summary'
import type { ExecutionQuery, ExecutionStore } from '../../ports/execution-store'
import type { Database } from './database'
import { isOneOf } from './is-one-of'
import { readJson, TextList } from './json-column'
import { executions } from './schema/executions'
import { toPage } from './to-page'

/** The execution index of one organization in D1. */
export function createExecutionStore(db: Database, organizationId: string): ExecutionStore {
  return {
    async list(query) {
      const rows = await db
        .select()
        .from(executions)
        .where(and(eq(executions.organizationId, organizationId), matches(query)))
        .orderBy(desc(executions.id))
        .limit(query.limit + 1)
      return toPage(rows, query.limit, toSummary, (row) => row.id)
    },
  }
}

function matches(query: ExecutionQuery): SQL | undefined {
  const { workflowIds, environments, fromAt, toAt } = query
  return and(
    equals(executions.workflowId, query.workflowId),
    equals(executions.environment, query.environment),
    equals(executions.status, query.status),
    equals(executions.trigger, query.trigger),
    equals(executions.version, query.version),
    equals(executions.parentExecutionId, query.parentExecutionId),
    query.test === undefined ? undefined : eq(executions.isTest, query.test),
    query.tag === undefined ? undefined : hasTag(query.tag),
    query.cursor === undefined ? undefined : lt(executions.id, query.cursor),
    fromAt === undefined ? undefined : gte(executions.acceptedAt, fromAt),
    toAt === undefined ? undefined : lte(executions.acceptedAt, toAt),
    workflowIds === undefined ? undefined : isOneOf(executions.workflowId, workflowIds),
    environments === undefined ? undefined : isOneOf(executions.environment, environments),
  )
}

function hasTag(tag: string): SQL {
  return sql`EXISTS (SELECT 1 FROM json_each(${executions.tags}) WHERE value = ${tag})`
}

type TextColumn = (typeof executions)[
  'workflowId' | 'environment' | 'status' | 'trigger' | 'version' | 'parentExecutionId']

function equals(column: TextColumn, value: string | undefined): SQL | undefined {
  return value === undefined ? undefined : eq(column, value)
}

function toSummary(row: typeof executions.$inferSelect): ExecutionSummary {
  const { isTest, status, tags, ...rest } = row
  return { ...rest, status: readStatus(status), test: isTest, tags: readJson(TextList, tags) }
}

function readStatus(text: string): ExecutionStatus {
  const status = EXECUTION_STATUSES.find((word) => word === text)
  if (status === undefined) throw new Error(`Unknown execution status in the index: ${text}`)
  return status
}

import { and, desc, eq, getTableColumns, isNull, lt, sql } from 'drizzle-orm'
import type {
  DraftChange,
  SaveOutcome,
  WorkflowRow,
  WorkflowStore,
  WorkflowSummaryRow,
} from '../../ports/workflow-store'
import type { Database } from './database'
import { isOneOf } from './is-one-of'
import { readJson, TextList } from './json-column'
import { workflows } from './schema/workflows'
import { toPage } from './to-page'

type Stored = Omit<typeof workflows.$inferSelect, 'definition'>

const { definition: _definition, ...summaryColumns } = getTableColumns(workflows)

/** Workflows in D1. */
export function createWorkflowStore(db: Database, organizationId: string): WorkflowStore {
  const own = and(eq(workflows.organizationId, organizationId), isNull(workflows.deletedAt))

  const find = async (id: string): Promise<WorkflowRow | null> => {
    const row = await db
      .select()
      .from(workflows)
      .where(and(own, eq(workflows.id, id)))
      .get()
    return row === undefined ? null : { ...toSummary(row), definition: row.definition }
  }

  return {
    find,
    async insert(row) {
      const { createdBy, tags, ...rest } = row
      const inserted = await db
        .insert(workflows)
        .values({
          ...rest,
          organizationId,
          tags: JSON.stringify(tags),
          createdById: createdBy.id,
          createdByEmail: createdBy.email,
        })
        .onConflictDoNothing()
        .returning({ id: workflows.id })
      return inserted.length > 0
    },
    async list({ limit, cursor, status, name, projectId, ids }) {
      const rows = await db
        .select(summaryColumns)
        .from(workflows)
        .where(
          and(
            own,
            cursor === undefined ? undefined : lt(workflows.id, cursor),
            status === undefined ? undefined : eq(workflows.status, status),
            name === undefined ? undefined : eq(workflows.name, name),
            projectId === undefined ? undefined : eq(workflows.projectId, projectId),
            ids === undefined ? undefined : isOneOf(workflows.id, ids),
          ),
        )
        .orderBy(desc(workflows.id))
        .limit(limit + 1)
      return toPage(rows, limit, toSummary, (row) => row.id)
    },
    async save(id, change) {
      const saved = await db
        .update(workflows)
        .set(toColumns(change))
        .where(and(own, canSave(id, change)))
        .returning()
        .get()
      if (saved !== undefined) return { kind: 'saved', row: { ...toSummary(saved), definition: saved.definition } }
      return whyNotSaved(await find(id), change)
    },
    async move(id, projectId) {
      const one = and(own, eq(workflows.id, id))
      const [[before], [after]] = await db.batch([
        db.select({ projectId: workflows.projectId }).from(workflows).where(one),
        db.update(workflows).set({ projectId }).where(one).returning(summaryColumns),
      ])
      return before === undefined || after === undefined ? null : { from: before.projectId, row: toSummary(after) }
    },
    async remove(id, at) {
      await db
        .update(workflows)
        .set({ deletedAt: at, status: 'archived' })
        .where(and(own, eq(workflows.id, id)))
    },
  }
}

function toColumns(change: DraftChange) {
  return {
    definition: change.definition,
    revision: change.expectRevision + 1,
    updatedAt: change.at,
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.description === undefined ? {} : { description: change.description }),
    ...(change.projectId === undefined ? {} : { projectId: change.projectId }),
    ...(change.tags === undefined ? {} : { tags: JSON.stringify(change.tags) }),
  }
}

function canSave(id: string, change: DraftChange) {
  return and(
    eq(workflows.id, id),
    eq(workflows.revision, change.expectRevision),
    change.name === undefined
      ? undefined
      : sql`NOT EXISTS (SELECT 1 FROM workflows other WHERE other.organization_id = ${workflows.organizationId}
          AND other.name = ${change.name} AND other.deleted_at IS NULL AND other.id <> ${id})`,
  )
}

function whyNotSaved(row: WorkflowRow | null, change: DraftChange): SaveOutcome {
  if (row === null) return { kind: 'unknown' }
  if (row.revision !== change.expectRevision) return { kind: 'stale', currentRevision: row.revision }
  return { kind: 'name_taken' }
}

function toSummary(row: Stored): WorkflowSummaryRow {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    status: row.status,
    revision: row.revision,
    tags: readJson(TextList, row.tags),
    visibility: row.visibility,
    projectId: row.projectId,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    createdBy: { id: row.createdById, email: row.createdByEmail },
  }
}

import { and, desc, eq, lt, type SQL, sql } from 'drizzle-orm'
import * as z from 'zod'
import type { VersionRow, VersionStore } from '../../ports/version-store'
import type { Database } from './database'
import { readJson, TextList } from './json-column'
import { versions } from './schema/versions'
import { toPage } from './to-page'

const NeedsColumn = z.object({ variables: TextList, secrets: TextList, hosts: TextList, components: TextList })

/** Versions in D1. */
export function createVersionStore(db: Database, organizationId: string): VersionStore {
  const own = eq(versions.organizationId, organizationId)
  const findOne = async (workflowId: string, condition: SQL): Promise<VersionRow | null> => {
    const row = await db
      .select()
      .from(versions)
      .where(and(own, eq(versions.workflowId, workflowId), condition))
      .orderBy(desc(versions.number))
      .get()
    return row === undefined ? null : toVersion(row)
  }

  return {
    async insert(row, { unlessSame = false } = {}) {
      const { id, workflowId, tag, digest, definition, releaseNotes, gitCommit, createdAt, createdBy } = row
      const next = sql`(SELECT coalesce(max(number), 0) + 1 FROM versions WHERE workflow_id = ${workflowId})`
      const same = sql`EXISTS (SELECT 1 FROM versions WHERE workflow_id = ${workflowId} AND digest = ${digest})`
      // One statement, in the order of the columns: of several callers at once the others see what the first one wrote.
      const values = sql`SELECT ${id}, ${organizationId}, ${workflowId}, ${next}, ${tag}, ${digest}, ${definition},
        ${JSON.stringify(row.needs)}, ${releaseNotes}, ${gitCommit}, ${createdAt}, ${createdBy.id}, ${createdBy.email}
        WHERE ${unlessSame ? sql`NOT ${same}` : sql`true`}`
      const inserted = await db.insert(versions).select(values).onConflictDoNothing().returning().get()
      return inserted === undefined ? null : toVersion(inserted)
    },
    findById: (workflowId, id) => findOne(workflowId, eq(versions.id, id)),
    findByNumber: (workflowId, number) => findOne(workflowId, eq(versions.number, number)),
    findByTag: (workflowId, tag) => findOne(workflowId, eq(versions.tag, tag)),
    findByDigest: (workflowId, digest) => findOne(workflowId, eq(versions.digest, digest)),
    async list(workflowId, { limit, cursor }) {
      const rows = await db
        .select()
        .from(versions)
        .where(
          and(
            own,
            eq(versions.workflowId, workflowId),
            cursor === undefined ? undefined : lt(versions.number, Number(cursor)),
          ),
        )
        .orderBy(desc(versions.number))
        .limit(limit + 1)
      return toPage(rows, limit, toVersion, (row) => String(row.number))
    },
  }
}

function toVersion(row: typeof versions.$inferSelect): VersionRow {
  return {
    id: row.id,
    workflowId: row.workflowId,
    number: row.number,
    tag: row.tag,
    digest: row.digest,
    definition: row.definition,
    needs: readJson(NeedsColumn, row.needs),
    releaseNotes: row.releaseNotes,
    gitCommit: row.gitCommit,
    createdAt: row.createdAt,
    createdBy: { id: row.createdById, email: row.createdByEmail },
  }
}

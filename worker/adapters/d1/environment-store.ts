import { and, asc, eq } from 'drizzle-orm'
import type { EnvironmentRow, EnvironmentStore, ValueChange, ValueKind, ValueRow } from '../../ports/environment-store'
import type { Database } from './database'
import { readJson, TextList } from './json-column'
import { environmentRevisions } from './schema/environment-revisions'
import { environments } from './schema/environments'
import { variables } from './schema/variables'

type Stamp = Parameters<EnvironmentStore['apply']>[3]

/** Environments, variables and secrets in D1. */
export function createEnvironmentStore(db: Database, organizationId: string): EnvironmentStore {
  const own = eq(environments.organizationId, organizationId)
  return {
    async list() {
      return (await db.select().from(environments).where(own).orderBy(asc(environments.position))).map(toEnvironment)
    },
    async find(name) {
      const row = await db
        .select()
        .from(environments)
        .where(and(own, eq(environments.name, name)))
        .get()
      return row === undefined ? null : toEnvironment(row)
    },
    async values(environmentId) {
      const rows = await db
        .select({ value: variables })
        .from(variables)
        .innerJoin(environments, eq(environments.id, variables.environmentId))
        .where(and(own, eq(variables.environmentId, environmentId)))
        .orderBy(asc(variables.name))
      return rows.map((row) => toValue(row.value))
    },
    async apply(environmentId, kind, changes, by) {
      const raise = db
        .update(environments)
        .set({ revision: by.revision + 1 })
        .where(and(own, eq(environments.id, environmentId), eq(environments.revision, by.revision)))
      try {
        await db.batch([
          // Fails, and everything with it, when somebody else made this revision.
          recordRevision(db, environmentId, kind, changes, by),
          raise,
          ...changes.map((change) => changeValue(db, environmentId, kind, change, by)),
        ])
        return true
      } catch (error) {
        const now = await db
          .select({ revision: environments.revision })
          .from(environments)
          .where(eq(environments.id, environmentId))
          .get()
        if (now !== undefined && now.revision !== by.revision) return false
        throw error
      }
    },
  }
}

function recordRevision(
  db: Database,
  environmentId: string,
  kind: ValueKind,
  changes: readonly ValueChange[],
  by: Stamp,
) {
  return db.insert(environmentRevisions).values({
    environmentId,
    revision: by.revision + 1,
    kind,
    changedNames: JSON.stringify(changes.map((change) => change.name)),
    createdAt: by.at,
    createdById: by.actor.id,
    createdByEmail: by.actor.email,
  })
}

function changeValue(db: Database, environmentId: string, kind: ValueKind, change: ValueChange, by: Stamp) {
  const key = and(eq(variables.environmentId, environmentId), eq(variables.kind, kind), eq(variables.name, change.name))
  if (change.sealed === null) return db.delete(variables).where(key)
  const fresh = {
    sealed: change.sealed,
    version: change.version,
    isSecret: change.isSecret,
    fingerprint: change.fingerprint,
    allowedHosts: JSON.stringify(change.allowedHosts),
    updatedAt: by.at,
    updatedById: by.actor.id,
    updatedByEmail: by.actor.email,
  }
  return db
    .insert(variables)
    .values({ environmentId, kind, name: change.name, ...fresh })
    .onConflictDoUpdate({
      target: [variables.environmentId, variables.kind, variables.name],
      set: fresh,
    })
}

function toEnvironment(row: typeof environments.$inferSelect): EnvironmentRow {
  return { id: row.id, name: row.name, isPrimary: row.isPrimary, revision: row.revision, createdAt: row.createdAt }
}

function toValue(row: typeof variables.$inferSelect): ValueRow {
  return {
    kind: row.kind,
    name: row.name,
    sealed: row.sealed,
    isSecret: row.isSecret,
    version: row.version,
    fingerprint: row.fingerprint,
    allowedHosts: readJson(TextList, row.allowedHosts),
    updatedAt: row.updatedAt,
    updatedBy: { id: row.updatedById, email: row.updatedByEmail },
  }
}

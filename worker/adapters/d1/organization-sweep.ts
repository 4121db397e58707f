import type { OrganizationSweep, RemovedOrganization } from '../../ports/organization-sweep'

const ROWS_MAX = 1_000
const STATEMENTS_MAX = 40

const IN_ENVIRONMENTS = 'environment_id IN (SELECT id FROM environments WHERE organization_id = ?1)'

/** By table, whose rows they are; what refers to others comes before them. */
const ROWS = [
  ['dead_letters', 'organization_id = ?1'],
  ['idempotency_records', 'organization_id = ?1'],
  ['versions', 'organization_id = ?1 AND workflow_id IN (SELECT id FROM workflows WHERE organization_id = ?1)'],
  ['workflows', 'organization_id = ?1'],
  ['variables', IN_ENVIRONMENTS],
  ['environment_revisions', IN_ENVIRONMENTS],
  ['environments', 'organization_id = ?1'],
  ['project_members', 'organization_id = ?1'],
  ['projects', 'organization_id = ?1'],
  ['api_keys', 'organization_id = ?1'],
  ['invitations', 'organization_id = ?1'],
  ['sessions', 'organization_id = ?1'],
] as const

/** The only table without row ids. */
const EXECUTIONS = `DELETE FROM executions WHERE organization_id = ?1
  AND id IN (SELECT id FROM executions WHERE organization_id = ?1 LIMIT ${ROWS_MAX})`

const deleteSome = (table: string, condition: string) =>
  `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE ${condition} LIMIT ${ROWS_MAX})`

const STATEMENTS = [EXECUTIONS, ...ROWS.map(([table, condition]) => deleteSome(table, condition))]

const HAS_NO_OTHER = 'NOT EXISTS (SELECT 1 FROM members o WHERE o.user_id = ?1)'

/** What belongs to somebody whose account goes; what refers to it comes before it. */
const ACCOUNT = [
  `DELETE FROM sessions WHERE user_id = ?1 AND ${HAS_NO_OTHER}`,
  `DELETE FROM identities WHERE user_id = ?1 AND ${HAS_NO_OTHER}`,
  `DELETE FROM recovery_codes WHERE user_id = ?1 AND ${HAS_NO_OTHER}`,
  `DELETE FROM second_factors WHERE user_id = ?1 AND ${HAS_NO_OTHER}`,
  `DELETE FROM identities WHERE user_id = ?1 AND ${HAS_NO_OTHER}`,
  `DELETE FROM user_tokens WHERE user_id = ?1 AND ${HAS_NO_OTHER}`,
  `DELETE FROM users WHERE id = ?1 AND ${HAS_NO_OTHER}`,
]

/** What is left of removed organizations, in D1. */
export function createOrganizationSweep(db: D1Database): OrganizationSweep {
  /** Repeats statements until each finds nothing more, as often as one call may. */
  async function clear(id: string, statements: readonly string[]): Promise<boolean> {
    let left = STATEMENTS_MAX
    for (const statement of statements) {
      for (let changes = ROWS_MAX; changes >= ROWS_MAX;) {
        if (left-- === 0) return false
        changes = (await db.prepare(statement).bind(id).run()).meta.changes
      }
    }
    return true
  }
  return {
    async removed(limit) {
      const select = 'SELECT id, removed_at AS removedAt FROM removed_organizations ORDER BY tried_at LIMIT ?1'
      return (await db.prepare(select).bind(limit).all<RemovedOrganization>()).results
    },
    async tried(id, at) {
      await db.prepare('UPDATE removed_organizations SET tried_at = ?2 WHERE id = ?1').bind(id, at).run()
    },
    clearRows: (id) => clear(id, STATEMENTS),
    async hasPlaces(id) {
      const select = `SELECT EXISTS (SELECT 1 FROM deployments WHERE organization_id = ?1)
        OR EXISTS (SELECT 1 FROM test_places WHERE organization_id = ?1)
        OR EXISTS (SELECT 1 FROM purges WHERE organization_id = ?1) AS found`
      return (await db.prepare(select).bind(id).first<{ found: number }>())?.found !== 0
    },
    async members(id, limit) {
      const select = db.prepare('SELECT user_id AS id FROM members WHERE organization_id = ?1 LIMIT ?2').bind(id, limit)
      return (await select.all<{ id: string }>()).results.map((row) => row.id)
    },
    async removeMember(id, userId) {
      const done = await db.batch([
        db.prepare('DELETE FROM members WHERE organization_id = ?1 AND user_id = ?2').bind(id, userId),
        ...ACCOUNT.map((statement) => db.prepare(statement).bind(userId)),
      ])
      return (done.at(-1)?.meta.changes ?? 0) > 0
    },
    async auditHead(id) {
      const select = 'SELECT seq, hash FROM audit_log WHERE organization_id = ?1 AND seq IS NOT NULL ORDER BY seq DESC'
      return db.prepare(`${select} LIMIT 1`).bind(id).first<{ seq: number; hash: string | null }>()
    },
    async removeOrganization(id) {
      await db.prepare('DELETE FROM organizations WHERE id = ?1').bind(id).run()
    },
    clearAudit: (id) => clear(id, [deleteSome('audit_log', 'organization_id = ?1')]),
    async end(id) {
      await db.prepare('DELETE FROM removed_organizations WHERE id = ?1').bind(id).run()
    },
  }
}

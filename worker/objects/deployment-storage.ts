import type { EpochMs } from '#core/kernel/time'
import type { ShardShare } from '#core/release/allot-quotas'
import type { DeploymentState, PinnedRelease, ReleaseHead } from '#core/release/state'
import type { Actor, HistoryEntry, NewRelease } from '#core/release/wire'
import {
  ActorColumn,
  DeploymentStatusColumn,
  IdentityColumn,
  ReleaseCauseColumn,
  ReleaseFactsColumn,
} from './deployment-columns'
import { openDeploymentTables } from './deployment-tables'

export type ChangeRecord = {
  readonly idempotencyKey: string
  readonly kind: string
  readonly pin: number | null
  readonly fromPin: number | null
  readonly epoch: number
  readonly at: EpochMs
  readonly actor: Actor
  readonly reason: string | null
}

/** The Deployment object's disk besides its schedules (architecture 4.2). Every method is synchronous. */
export type DeploymentStorage = ReturnType<typeof createDeploymentStorage>

export function createDeploymentStorage(storage: DurableObjectStorage) {
  openDeploymentTables(storage)
  const { sql } = storage
  return {
    ...stateMethods(sql),
    ...releaseMethods(sql),
    ...changeMethods(sql),
    ...outboxMethods(sql),
    ...shardMethods(sql),
  }
}

type StateRow = {
  identity: string
  epoch: number
  active: number | null
  standby: number | null
  status: string
  shards: number
  routed: number
  split_from: number | null
  split_to: number | null
  split_at: number | null
  pause_note: string | null
  activated_at: number | null
  activated_by: string | null
}

function stateMethods(sql: SqlStorage) {
  return {
    loadState(): DeploymentState | null {
      const row = sql.exec<StateRow>('SELECT * FROM state').toArray()[0]
      if (row === undefined) return null
      return {
        identity: IdentityColumn.parse(JSON.parse(row.identity)),
        epoch: row.epoch,
        status: DeploymentStatusColumn.parse(row.status),
        active: row.active,
        standby: row.standby,
        shards: row.shards,
        routed: row.routed,
        split: splitOf(row),
        pauseNote: row.pause_note,
        activatedAt: row.activated_at,
        activatedBy: row.activated_by === null ? null : ActorColumn.parse(JSON.parse(row.activated_by)),
      }
    },
    saveState(state: DeploymentState): void {
      const { identity, epoch, active, standby, status, shards, routed, split, pauseNote, activatedAt, activatedBy } =
        state
      sql.exec(
        `INSERT OR REPLACE INTO state (id, organization_id, environment_id, identity, epoch, active, standby, status, shards,
          routed, split_from, split_to, split_at, pause_note, activated_at, activated_by)
         VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        identity.organizationId,
        identity.environmentId,
        JSON.stringify(identity),
        epoch,
        active,
        standby,
        status,
        shards,
        routed,
        split?.from ?? null,
        split?.to ?? null,
        split?.at ?? null,
        pauseNote,
        activatedAt,
        activatedBy === null ? null : JSON.stringify(activatedBy),
      )
    },
  }
}

function splitOf({ split_from: from, split_to: to, split_at: at }: StateRow): DeploymentState['split'] {
  return from === null || to === null || at === null ? null : { from, to, at }
}

type HeadRow = {
  id: number
  version_id: string
  env_revision: number
  endpoint: string
  facts: string
  created_at: number
}

const HEAD = 'id, version_id, env_revision, endpoint, facts, created_at'

function toHead(row: HeadRow): ReleaseHead {
  return {
    ...ReleaseFactsColumn.parse(JSON.parse(row.facts)),
    pin: row.id,
    versionId: row.version_id,
    environmentRevision: row.env_revision,
    endpoint: row.endpoint,
    createdAt: row.created_at,
  }
}

function releaseMethods(sql: SqlStorage) {
  return {
    insertRelease(release: NewRelease, createdAt: EpochMs): number {
      const { versionId, environmentRevision, endpoint, document, environment, ...facts } = release
      return sql
        .exec<{ id: number }>(
          `INSERT INTO release (version_id, env_revision, endpoint, document, environment, facts, created_at)
           VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
          versionId,
          environmentRevision,
          endpoint,
          document,
          environment,
          JSON.stringify(facts),
          createdAt,
        )
        .one().id
    },
    release(pin: number): PinnedRelease | null {
      type WholeRow = HeadRow & { document: string; environment: string }
      const row = sql.exec<WholeRow>('SELECT * FROM release WHERE id = ?', pin).toArray()[0]
      return row === undefined ? null : { ...toHead(row), document: row.document, environment: row.environment }
    },
    /** Documents stay on disk: all releases of a deployment together may be larger than an object's memory. */
    head(pin: number | null): ReleaseHead | null {
      const row = sql.exec<HeadRow>(`SELECT ${HEAD} FROM release WHERE id = ?`, pin).toArray()[0]
      return row === undefined ? null : toHead(row)
    },
    heads(): readonly ReleaseHead[] {
      return sql.exec<HeadRow>(`SELECT ${HEAD} FROM release ORDER BY id DESC`).toArray().map(toHead)
    },
    pinOf(releaseId: string): number | null {
      const row = sql
        .exec<{ id: number }>(
          `SELECT id FROM release WHERE facts ->> 'releaseId' = ? ORDER BY id DESC LIMIT 1`,
          releaseId,
        )
        .toArray()[0]
      return row?.id ?? null
    },
  }
}

type ChangeRow = {
  idempotency_key: string
  kind: string
  pin: number | null
  from_pin: number | null
  epoch: number
  at: number
  actor: string
  reason: string | null
}

function changeMethods(sql: SqlStorage) {
  return {
    /** The change made under a key after a moment. */
    findChange(idempotencyKey: string, after: EpochMs): ChangeRecord | null {
      const row = sql
        .exec<ChangeRow>('SELECT * FROM change WHERE idempotency_key = ? AND at > ?', idempotencyKey, after)
        .toArray()[0]
      return row === undefined ? null : toChange(row)
    },
    /** An earlier change under the same key stays in the history and gives the key up. */
    insertChange(change: ChangeRecord): void {
      const { idempotencyKey, kind, pin, fromPin, epoch, at, actor, reason } = change
      sql.exec(`UPDATE change SET idempotency_key = 'past|' || id WHERE idempotency_key = ?`, idempotencyKey)
      sql.exec(
        'INSERT INTO change (idempotency_key, kind, pin, from_pin, epoch, at, actor, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        idempotencyKey,
        kind,
        pin,
        fromPin,
        epoch,
        at,
        JSON.stringify(actor),
        reason,
      )
    },
    /** Every switch, newest first; pauses and the like are not switches. */
    history(headOf: (pin: number | null) => ReleaseHead | null): readonly HistoryEntry[] {
      const rows = sql
        .exec<ChangeRow>(
          `SELECT * FROM change WHERE kind IN ('deploy', 'promote', 'rollback', 'activate', 'config') ORDER BY id DESC LIMIT 500`,
        )
        .toArray()
      return rows.flatMap((row) => {
        const release = headOf(row.pin)
        if (release === null) return []
        const change = toChange(row)
        return {
          releaseId: release.releaseId,
          kind: ReleaseCauseColumn.parse(change.kind),
          version: release.version,
          from: headOf(change.fromPin)?.version ?? null,
          at: change.at,
          by: change.actor,
          releaseNotes: release.releaseNotes,
          gitCommit: release.gitCommit,
          reason: change.reason,
        }
      })
    },
  }
}

function toChange(row: ChangeRow): ChangeRecord {
  return {
    idempotencyKey: row.idempotency_key,
    kind: row.kind,
    pin: row.pin,
    fromPin: row.from_pin,
    epoch: row.epoch,
    at: row.at,
    actor: ActorColumn.parse(JSON.parse(row.actor)),
    reason: row.reason,
  }
}

function outboxMethods(sql: SqlStorage) {
  return {
    /** One projection to D1 is enough however many changes wait: it carries the newest state. */
    queueProjection(dueAt: EpochMs): void {
      sql.exec(`DELETE FROM outbox WHERE kind = 'project_d1'`)
      sql.exec(`INSERT INTO outbox (kind, body, due_at, tries) VALUES ('project_d1', '', ?, 0)`, dueAt)
    },
    dueProjection(): { id: number; dueAt: EpochMs; tries: number } | null {
      const row = sql
        .exec<{ id: number; due_at: number; tries: number }>(
          `SELECT id, due_at, tries FROM outbox WHERE kind = 'project_d1'`,
        )
        .toArray()[0]
      return row === undefined ? null : { id: row.id, dueAt: row.due_at, tries: row.tries }
    },
    projectionDone(id: number): void {
      sql.exec('DELETE FROM outbox WHERE id = ?', id)
    },
    retryProjection(id: number, dueAt: EpochMs): void {
      sql.exec('UPDATE outbox SET due_at = ?, tries = tries + 1 WHERE id = ?', dueAt, id)
    },
  }
}

function shardMethods(sql: SqlStorage) {
  return {
    openShards(count: number): void {
      for (let no = 0; no < count; no++) {
        sql.exec(`INSERT OR IGNORE INTO shard (no, epoch_acked, quota, running, totals) VALUES (?, 0, 0, 0, '{}')`, no)
      }
    },
    shardAcked({ no, quota, running, waiting }: ShardShare, epoch: number): void {
      sql.exec(
        'UPDATE shard SET epoch_acked = max(epoch_acked, ?), quota = ?, running = ?, waiting = ? WHERE no = ?',
        epoch,
        quota,
        running,
        waiting,
        no,
      )
    },
    shares(): readonly (ShardShare & { readonly epochAcked: number })[] {
      return sql
        .exec<{ no: number; quota: number; running: number; waiting: number; epoch_acked: number }>(
          'SELECT no, quota, running, waiting, epoch_acked FROM shard ORDER BY no',
        )
        .toArray()
        .map(({ epoch_acked: epochAcked, ...share }) => ({ ...share, epochAcked }))
    },
    running(): number {
      return sql.exec<{ n: number | null }>('SELECT sum(running) AS n FROM shard').one().n ?? 0
    },
    shardsBehind(epoch: number): readonly number[] {
      return sql
        .exec<{ no: number }>('SELECT no FROM shard WHERE epoch_acked < ? ORDER BY no', epoch)
        .toArray()
        .map((row) => row.no)
    },
  }
}

import type { EpochMs } from '#core/kernel/time'
import type { ScheduleSpec } from '#core/release/wire'
import { ScheduleSpecColumn } from './deployment-columns'

export type StoredSchedule = {
  readonly triggerId: string
  readonly spec: ScheduleSpec
  readonly nextAt: EpochMs | null
  readonly lastAt: EpochMs | null
}

export type FireOutcome = 'dispatching' | 'started' | 'skipped_paused' | 'skipped_missed' | 'refused'

export type Fire = { readonly triggerId: string; readonly nominalAt: EpochMs }

/** What a due moment starts: the release that was live when it was written down, and its input as JSON text. */
export type FireStart = { readonly pin: number; readonly payload: string }

export type DueFire = Fire & FireStart

/** Moments that were dealt with are forgotten after this. */
const FIRE_KEPT_MS = 90 * 24 * 3_600_000

type ScheduleRow = { trigger_id: string; spec: string; next_at: number | null; last_at: number | null }

/** The schedules of a deployment and the ledger of their due moments. Every method is synchronous. */
export type ScheduleStorage = ReturnType<typeof createScheduleStorage>

export function createScheduleStorage(sql: SqlStorage) {
  function record(
    { triggerId, nominalAt }: Fire,
    outcome: FireOutcome,
    { actualAt, reason, start }: { actualAt: EpochMs; reason: string | null; start: FireStart | null },
  ): void {
    sql.exec(
      `INSERT OR IGNORE INTO fire (trigger_id, nominal_at, outcome, effective_at, actual_at, reason, pin, payload)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      triggerId,
      nominalAt,
      outcome,
      nominalAt,
      actualAt,
      reason,
      start?.pin ?? null,
      start?.payload ?? null,
    )
    sql.exec(
      `DELETE FROM fire WHERE trigger_id = ? AND nominal_at < ? AND outcome <> 'dispatching'`,
      triggerId,
      nominalAt - FIRE_KEPT_MS,
    )
  }
  return {
    schedules(): readonly StoredSchedule[] {
      return sql
        .exec<ScheduleRow>('SELECT trigger_id, spec, next_at, last_at FROM schedule ORDER BY trigger_id')
        .toArray()
        .map(toSchedule)
    },
    dueSchedules(now: EpochMs): readonly StoredSchedule[] {
      return sql
        .exec<ScheduleRow>(
          'SELECT trigger_id, spec, next_at, last_at FROM schedule WHERE next_at <= ? ORDER BY next_at',
          now,
        )
        .toArray()
        .map(toSchedule)
    },
    nextScheduleAt(): EpochMs | null {
      return sql.exec<{ at: number | null }>('SELECT min(next_at) AS at FROM schedule').one().at
    },
    putSchedule(spec: ScheduleSpec, nextAt: EpochMs | null): void {
      sql.exec(
        `INSERT INTO schedule (trigger_id, spec, next_at) VALUES (?, ?, ?)
         ON CONFLICT (trigger_id) DO UPDATE SET spec = excluded.spec, next_at = excluded.next_at`,
        spec.triggerId,
        JSON.stringify(spec),
        nextAt,
      )
    },
    dropSchedule(triggerId: string): void {
      sql.exec('DELETE FROM schedule WHERE trigger_id = ?', triggerId)
    },
    advance(triggerId: string, nextAt: EpochMs | null, lastAt: EpochMs | null): void {
      sql.exec(
        'UPDATE schedule SET next_at = ?, last_at = coalesce(?, last_at) WHERE trigger_id = ?',
        nextAt,
        lastAt,
        triggerId,
      )
    },
    recordFire(fire: Fire, outcome: FireOutcome, details: { actualAt: EpochMs; reason: string | null }): void {
      record(fire, outcome, { ...details, start: null })
    },
    /** Writes down a moment together with what it will start, whatever is live by the time it is dispatched. */
    recordDue(fire: Fire, start: FireStart, actualAt: EpochMs): void {
      record(fire, 'dispatching', { actualAt, reason: null, start })
    },
    settleFire(fire: Fire, outcome: FireOutcome, details: { executionId: string | null; reason: string | null }): void {
      sql.exec(
        'UPDATE fire SET outcome = ?, execution_id = ?, reason = ? WHERE trigger_id = ? AND nominal_at = ?',
        outcome,
        details.executionId,
        details.reason,
        fire.triggerId,
        fire.nominalAt,
      )
    },
    dispatching(): readonly DueFire[] {
      return sql
        .exec<{ trigger_id: string; nominal_at: number; pin: number; payload: string }>(
          `SELECT trigger_id, nominal_at, pin, payload FROM fire WHERE outcome = 'dispatching' ORDER BY nominal_at LIMIT 1000`,
        )
        .toArray()
        .map(({ trigger_id: triggerId, nominal_at: nominalAt, pin, payload }) => ({
          triggerId,
          nominalAt,
          pin,
          payload,
        }))
    },
  }
}

function toSchedule(row: ScheduleRow): StoredSchedule {
  const { trigger_id: triggerId, next_at: nextAt, last_at: lastAt } = row
  return { triggerId, spec: ScheduleSpecColumn.parse(JSON.parse(row.spec)), nextAt, lastAt }
}

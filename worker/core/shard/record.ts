import type { ExecutionStatus } from '../model/execution-status'
import type { Shard } from './memory'
import { invariant } from '../kernel/assert'
import type { ExecutionResult } from './result'
import { executionId } from './row-id'
import type { Row, RowHead } from './store'
import type { ExecutionSummary } from './summary'
import type { ExecutionRecord } from './wire'

/** Hundreds of summaries travel to the index as one text of at most 2 MB; one that does not fit would stop them all. */
const ERROR_CHARS_MAX = 500

/** A terminal row is projected with this revision, so that no late projection of a live state can follow it. */
const REV_TERMINAL = Number.MAX_SAFE_INTEGER

/** The word people read: `pending` = never claimed, `running` = claimed, `waiting` = parked. */
export function statusOf(shard: Shard, row: Pick<Row, 'seq' | 'state'>): ExecutionStatus {
  if (row.state === 'parked') return 'waiting'
  if (row.state === 'delayed') return 'pending'
  if (row.state !== 'live') return row.state
  return shard.memory.live.get(row.seq)?.claimed === true ? 'running' : 'pending'
}

/** The execution as its shard knows it. */
export function recordOf(shard: Shard, row: Row): ExecutionRecord {
  const { meta } = shard.memory
  invariant(meta !== null, 'rows exist only in an opened shard')
  const { seq, pin, cause, payload, acceptedAt, deadlineAt, result, journal, events } = row
  const id = executionId(meta.config, meta.no, row)
  return { id, seq, pin, status: statusOf(shard, row), cause, payload, acceptedAt, deadlineAt, result, journal, events }
}

/** The row of the execution index for a row of the shard. */
export function summaryOf(shard: Shard, row: RowHead, rev: number): ExecutionSummary {
  const { meta, releases } = shard.memory
  invariant(meta !== null, 'rows exist only in an opened shard')
  const { config } = meta
  const result = row.result === null ? null : (JSON.parse(row.result) as Omit<ExecutionResult, 'output'>)
  return {
    id: executionId(config, meta.no, row),
    organizationId: config.organizationId,
    workflowId: config.workflowId,
    workflowName: config.workflowName,
    deploymentId: config.deploymentId,
    environment: config.environment,
    version: releases.get(row.pin)?.version ?? '',
    status: statusOf(shard, row),
    trigger: row.cause.type,
    triggerId: row.cause.triggerId,
    actorId: row.cause.actor?.id ?? null,
    actorEmail: row.cause.actor?.email ?? null,
    acceptedAt: row.acceptedAt,
    startedAt: result?.startedAt ?? row.startedAt,
    startsAt: row.cause.startsAt ?? null,
    expiresAt: row.cause.startBy ?? null,
    endedAt: result?.endedAt ?? null,
    errorCode: result?.error?.code ?? null,
    errorMessage: result?.error?.message.slice(0, ERROR_CHARS_MAX) ?? null,
    errorStage: result?.error?.stage ?? null,
    test: row.cause.test === true,
    replayOf: row.cause.replayOf ?? null,
    parentExecutionId: row.cause.parent?.executionId ?? null,
    tags: row.cause.tags ?? [],
    rev: result === null ? rev : REV_TERMINAL,
  }
}

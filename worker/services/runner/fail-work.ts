import { EVENT_VERSION } from '#core/engine/event'
import type { EpochMs } from '#core/kernel/time'
import type { Failure } from '#core/model/failure'
import { beganAt } from '#core/shard/began-at'
import type { ExecutionResult } from '#core/shard/result'
import type { Work } from '#core/shard/wire'
import type { ShardWriter } from './shard-writer'

/** Ends a claimed execution that cannot be run at all, and says why in its journal and result. */
export async function failWork(
  writer: ShardWriter,
  { seq, token, events: from, journal, cause }: Work,
  failure: Failure,
  now: EpochMs,
): Promise<ExecutionResult> {
  const event = JSON.stringify({ v: EVENT_VERSION, type: 'execution_failed', at: now, failure })
  const result = { output: null, error: failure, startedAt: beganAt(journal, cause), endedAt: now }
  await writer.finish({ seq, token, from, events: [event], status: 'failed', result: JSON.stringify(result) })
  return result
}

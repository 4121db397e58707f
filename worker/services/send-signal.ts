import type { Json } from '#core/kernel/json'
import { encodeBytes } from '#core/kernel/crockford'
import { isTerminalStatus } from '#core/model/execution-status'
import { LIMITS } from '#core/model/limits'
import { AppError } from './app-error'
import { unknown } from './caller'
import { finished } from './executions'
import { findExecution } from './read-execution'
import { recordAudit } from './record-audit'
import type { ServiceContext } from './service-context'

export type SignalWish = {
  readonly executionId: string
  readonly name: string
  readonly payload: Json
  /** Makes repeats one signal; null = this call is a signal of its own. */
  readonly key: string | null
}

export type SentSignal = { readonly signalId: string; readonly status: 'recorded' | 'duplicate' }

/** Hands a signal to an execution that has not ended. Durable when it answers. */
export async function sendSignal(ctx: ServiceContext, wish: SignalWish): Promise<SentSignal> {
  const { executionId, name, key } = wish
  const payload = JSON.stringify(wish.payload)
  if (payload.length > LIMITS.signalPayloadBytesMax) {
    const detail = `A payload may be ${LIMITS.signalPayloadBytesMax} characters long; this one is ${payload.length}.`
    throw new AppError('body_too_large', { detail })
  }
  const { record, ref, shard, organizationId } = await findExecution(ctx, executionId)
  const signalId = key === null ? `signal_${encodeBytes(ctx.randomBytes(10))}` : `key:${key}`
  const actor = ctx.caller.actor.email ?? ctx.caller.actor.id
  const handle = ctx.shards(ref, shard)
  const outcome = await handle.signal({ organizationId, seq: record.seq, name, signalId, payload, actor })
  switch (outcome) {
    case 'recorded':
      await recordAudit(ctx, 'execution.signalled', executionId, { signal: name })
      return { signalId, status: outcome }
    case 'duplicate':
      return { signalId, status: outcome }
    case 'reused':
      throw new AppError('idempotency_key_reused')
    case 'full':
      throw new AppError('too_many_signals', { retryAfterSeconds: 60 })
    case 'terminal':
      throw finished((await endOf(ctx, executionId)) ?? record.status)
    case 'unknown':
      if (isTerminalStatus(record.status)) throw finished(record.status)
      throw unknown('execution', executionId)
  }
}

async function endOf(ctx: ServiceContext, executionId: string) {
  return (await findExecution(ctx, executionId)).record.status
}

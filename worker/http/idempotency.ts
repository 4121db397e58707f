import * as z from 'zod'
import { AppError } from '../services/app-error'
import type { ServiceContext } from '../services/service-context'

const KEY = /^[\x20-\x7e]{1,255}$/

const StoredAnswer = z.object({ body: z.unknown(), location: z.string().nullable() })

export type Answer = {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** The Idempotency-Key of a request, or null. */
export function idempotencyKeyOf(request: Request): string | null {
  const key = request.headers.get('idempotency-key')
  if (key !== null && !KEY.test(key)) throw new AppError('idempotency_key_invalid')
  return key
}

/**
 * Performs a call once per key: later ones get the stored answer, another request under the key is refused, and a
 * repeat of one still in flight is asked to wait. Calls that were refused had no effect and are forgotten.
 */
export async function once(
  ctx: ServiceContext,
  key: string,
  fingerprint: string,
  perform: () => Promise<Answer>,
): Promise<Answer> {
  const purpose = `idempotency|${ctx.stores.organizationId}|${key}`
  const claim = await ctx.stores.idempotency.begin(key, fingerprint, ctx.clock())
  switch (claim.kind) {
    case 'reused':
      throw new AppError('idempotency_key_reused')
    case 'in_flight':
      throw new AppError('idempotency_in_flight', {
        retryAfterSeconds: Math.max(1, Math.ceil(claim.retryAfterMs / 1_000)),
      })
    case 'answered':
      return replayed(claim.status, await ctx.vault.open(purpose, claim.answer))
    case 'first':
      return performFirst(ctx, key, purpose, perform)
  }
}

async function performFirst(
  ctx: ServiceContext,
  key: string,
  purpose: string,
  perform: () => Promise<Answer>,
): Promise<Answer> {
  let answer: Answer
  try {
    answer = await perform()
  } catch (error) {
    await ctx.stores.idempotency.abandon(key)
    throw error
  }
  const stored = { body: answer.body, location: answer.headers?.['location'] ?? null }
  await ctx.stores.idempotency.finish(key, answer.status, await ctx.vault.seal(purpose, JSON.stringify(stored)))
  return answer
}

function replayed(status: number, text: string | null): Answer {
  if (text === null) throw new Error('A stored answer cannot be opened')
  const { body, location } = StoredAnswer.parse(JSON.parse(text))
  const headers = { 'idempotency-replayed': 'true', ...(location === null ? {} : { location }) }
  return { status, body: body ?? null, headers }
}

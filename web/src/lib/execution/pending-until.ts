import type { ExecutionAnswer } from '#core/contract/executions'

/** What a pending execution waits for, in epoch milliseconds; a start that lies behind us is only a matter of its turn. */
export function pendingUntil({ startsAt, expiresAt }: Pick<ExecutionAnswer, 'startsAt' | 'expiresAt'>, nowAt: number) {
  const startsAtMs = startsAt === null ? null : Date.parse(startsAt)
  return {
    startsAtMs: startsAtMs !== null && startsAtMs > nowAt ? startsAtMs : null,
    expiresAtMs: expiresAt === null ? null : Date.parse(expiresAt),
  }
}

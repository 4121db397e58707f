import type { DeadLetterAnswer } from '#core/contract/dead-letters'
import { toIso } from '#core/kernel/time'
import type { DeadLetterRow } from '../../ports/dead-letter-store'
import { listDeadLetters, redriveDeadLetter } from '../../services/dead-letters'
import type { SomeHandlers } from '../handler'

type Names = 'listDeadLetters' | 'redriveDeadLetter'

export const deadLetterHandlers: SomeHandlers<Names> = {
  async listDeadLetters({ ctx, query }) {
    const page = await listDeadLetters(ctx, query)
    return { status: 200, body: { items: page.items.map(letterBody), nextCursor: page.nextCursor } }
  },
  async redriveDeadLetter({ ctx, params }) {
    return { status: 200, body: letterBody(await redriveDeadLetter(ctx, params.id)) }
  },
}

function letterBody({ createdAt, redriven, shard: _shard, ...letter }: DeadLetterRow): DeadLetterAnswer {
  return {
    ...letter,
    createdAt: toIso(createdAt),
    redrivenAt: redriven === null ? null : toIso(redriven.at),
    redrivenBy: redriven?.by ?? null,
    redrivenExecutionId: redriven?.executionId ?? null,
  }
}

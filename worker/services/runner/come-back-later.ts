import type { Clock } from '#core/kernel/time'
import type { Work } from '#core/shard/wire'
import type { Rest } from './journal-buffer'
import type { ShardWriter } from './shard-writer'

/** A newer runner, or a store that answers, is there soon. */
const COME_BACK_AFTER_MS = 30_000

/** Lets go for a while without counting as a runner that died. Mail that was heard waits with it, or there were no pause. */
export async function comeBackLater(
  clock: Clock,
  { work, writer }: { readonly work: Work; readonly writer: ShardWriter },
  rest: Rest,
): Promise<{ readonly kind: 'parked' | 'left' }> {
  const { seq, token } = work
  const answer = await writer.park({ seq, token, ...rest, wakeAt: clock() + COME_BACK_AFTER_MS })
  return { kind: answer.kind === 'ok' ? 'parked' : 'left' }
}

import { type EpochMs, isWithin } from '#core/kernel/time'
import type { AcceptAnswer, AcceptRequest } from '#core/shard/wire'
import type { ShardHandle, Shards } from '../ports/shards'
import type { RunnerDeps } from './runner/runner-deps'

/** Requests of one batch get ready at nearly the same time; what does so within this travels together. */
const GATHER_MS = 2
const TOGETHER_MAX = 100
/** A repeat must arrive while the shard still looks for the nonce: by its own clock for a minute after it was accepted, or its run began. */
export const SEND_WITHIN_MS = 10_000

type Waiting = {
  readonly request: AcceptRequest
  readonly since: EpochMs
  readonly resolve: (answer: AcceptAnswer) => void
  readonly reject: (error: unknown) => void
}

/** The shards, but for accepts: those of one moment reach a shard in one call, in order. */
export function gatherAccepts(shards: Shards, { clock, sleep }: Pick<RunnerDeps, 'clock' | 'sleep'>): Shards {
  const waiting = new Map<string, Waiting[]>()

  async function deliver(ref: string, no: number): Promise<void> {
    await sleep(GATHER_MS)
    const gathered = waiting.get(`${ref}:${no}`) ?? []
    waiting.delete(`${ref}:${no}`)
    for (let from = 0; from < gathered.length; from += TOGETHER_MAX) {
      const batch = gathered.slice(from, from + TOGETHER_MAX).filter((one) => isInTime(one, clock()))
      if (batch.length > 0) await sendTogether(shards(ref, no), batch)
    }
  }

  return (ref, no) => {
    const accept = (request: AcceptRequest): Promise<AcceptAnswer> => {
      const { promise, resolve, reject } = Promise.withResolvers<AcceptAnswer>()
      const place = `${ref}:${no}`
      const batch = waiting.get(place)
      const one = { request, since: clock(), resolve, reject }
      if (batch !== undefined) batch.push(one)
      else {
        waiting.set(place, [one])
        void deliver(ref, no)
      }
      return promise
    }
    const shard = shards(ref, no)
    return new Proxy(shard, {
      get: (target, name: keyof ShardHandle) =>
        name === 'accept' ? accept : (request: never) => (target[name] as (request: never) => unknown)(request),
    })
  }
}

/** Whoever stood still while it gathered sends nothing: its repeats might not be known for such any more. */
function isInTime({ since, reject }: Waiting, now: EpochMs): boolean {
  if (isWithin(since, SEND_WITHIN_MS, now)) return true
  reject(new Error('It is too late to send this.'))
  return false
}

async function sendTogether(shard: ShardHandle, batch: readonly Waiting[]): Promise<void> {
  try {
    const answers = await shard.acceptMany({ requests: batch.map(({ request }) => request) })
    for (const [index, { resolve, reject }] of batch.entries()) {
      const answer = answers[index]
      if (answer === undefined) reject(new Error('The shard did not answer every request.'))
      else resolve(answer)
    }
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}

import type { AcceptAnswer, AcceptRequest } from '#core/shard/wire'
import type { ShardHandle, Shards } from '../ports/shards'

/** Requests of one batch get ready at nearly the same time; what does so within this travels together. */
const GATHER_MS = 2
const TOGETHER_MAX = 100

type Waiting = {
  readonly request: AcceptRequest
  readonly resolve: (answer: AcceptAnswer) => void
  readonly reject: (error: unknown) => void
}

/** The shards, but for accepts: those of one moment reach a shard in one call, in order. */
export function gatherAccepts(shards: Shards, sleep: (ms: number) => Promise<void>): Shards {
  const waiting = new Map<string, Waiting[]>()

  async function deliver(ref: string, no: number): Promise<void> {
    await sleep(GATHER_MS)
    const batch = waiting.get(`${ref}:${no}`) ?? []
    waiting.delete(`${ref}:${no}`)
    for (let from = 0; from < batch.length; from += TOGETHER_MAX) {
      await sendTogether(shards(ref, no), batch.slice(from, from + TOGETHER_MAX))
    }
  }

  return (ref, no) => {
    const accept = (request: AcceptRequest): Promise<AcceptAnswer> => {
      const { promise, resolve, reject } = Promise.withResolvers<AcceptAnswer>()
      const place = `${ref}:${no}`
      const batch = waiting.get(place)
      if (batch !== undefined) batch.push({ request, resolve, reject })
      else {
        waiting.set(place, [{ request, resolve, reject }])
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

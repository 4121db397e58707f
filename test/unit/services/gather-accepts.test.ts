import { describe, expect, it } from 'vitest'
import type { AcceptRequest } from '#core/shard/wire'
import type { ShardHandle } from '../../../worker/ports/shards'
import { gatherAccepts } from '../../../worker/services/gather-accepts'

const request = (nonce: string): AcceptRequest => ({
  epoch: 1,
  pin: 1,
  nonce,
  cause: { type: 'manual', triggerId: null, actor: null },
  payload: '{}',
})

/** Shards that note what reaches them, behind a gatherer that stands still for so long while it gathers. */
function gatheringFor(standsStillMs: number) {
  const calls: string[][] = []
  const acceptMany: ShardHandle['acceptMany'] = async ({ requests }) => {
    calls.push(requests.map(({ nonce }) => nonce))
    return requests.map(({ nonce }) => ({ kind: 'accepted', id: `exec_${nonce}`, duplicate: false, ring: 0 }))
  }
  let now = 0
  const sleep = async () => void (now += standsStillMs)
  const shards = gatherAccepts(() => ({ acceptMany }) as ShardHandle, { clock: () => now, sleep })
  return { calls, accept: (no: number, nonce: string) => shards('ref', no).accept(request(nonce)) }
}

describe('accepts that are gathered', () => {
  it('reach each shard in one call, in order, and are answered one by one', async () => {
    const { calls, accept } = gatheringFor(2)
    const answers = await Promise.all([accept(0, 'a'), accept(1, 'b'), accept(0, 'c')])
    expect(calls).toEqual([['a', 'c'], ['b']])
    expect(answers).toMatchObject([{ id: 'exec_a' }, { id: 'exec_b' }, { id: 'exec_c' }])
  })

  it('are not sent by who stood still for so long that a repeat might be taken for something new (I1)', async () => {
    const { calls, accept } = gatheringFor(10_000)
    await expect(accept(0, 'a')).rejects.toThrow('too late')
    expect(calls).toEqual([])
  })
})

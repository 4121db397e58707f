import { describe, expect, it } from 'vitest'
import { poke, POKES_MAX } from '../../../worker/cron/poke'
import type { Deployments } from '../../../worker/ports/deployments'
import type { DeploymentSweep } from '../../../worker/ports/deployment-sweep'

/** Places by ref, with a cursor, as D1 keeps them; and what is touched, in order. */
function world(count: number) {
  const refs = Array.from({ length: count }, (_, n) => `g${String(n).padStart(6, '0')}`)
  const poked: string[] = []
  let cursor = ''
  const sweep = {
    count: async () => refs.length,
    refs: async (after: string, limit: number) => refs.filter((ref) => ref > after).slice(0, limit),
    cursor: async () => cursor,
    moveCursor: async (after: string) => void (cursor = after),
  } as Partial<DeploymentSweep> as DeploymentSweep
  const touch = async (ref: string) => void poked.push(ref)
  const deployments = ((ref: string) => ({ poke: () => touch(ref) })) as unknown as Deployments
  const run = (rounds = 15) => poke(sweep, deployments, rounds, () => undefined)
  return { refs, poked, sweep, run }
}

const inOrder = (refs: readonly string[]) => [...refs].toSorted()

describe('the sweep', () => {
  it('touches every deployment once in its rounds, an equal share in each', async () => {
    const { refs, poked, run } = world(1_000)
    const shares: number[] = []
    for (let n = 0; n < 15; n++) shares.push(await run())
    expect(shares).toEqual(Array.from({ length: 15 }, () => 67))
    expect(new Set(poked)).toEqual(new Set(refs))
    expect(poked.slice(0, 1_000)).toEqual(refs)
  })

  it('touches no more in one call than the platform lets it, and takes more calls then', async () => {
    const { refs, poked, run } = world(POKES_MAX * 20)
    for (let n = 0; n < 20; n++) expect(await run()).toBe(POKES_MAX)
    expect(poked).toEqual(refs)
  })

  it('touches a few deployments each time, when all of them fit into a call', async () => {
    const { refs, poked, run } = world(3)
    for (let n = 0; n < 3; n++) expect(await run(1)).toBe(3)
    expect(inOrder(poked.slice(0, 3))).toEqual(refs)
    expect(inOrder(poked.slice(6))).toEqual(refs)
  })

  it('goes on behind a share that stopped the call', async () => {
    const { refs, poked, sweep } = world(30)
    const broken = (() => {
      throw new Error('out of time')
    }) as unknown as Deployments
    await expect(poke(sweep, broken, 15, () => undefined)).rejects.toThrow('out of time')
    const deployments = ((ref: string) => ({ poke: async () => void poked.push(ref) })) as unknown as Deployments
    await poke(sweep, deployments, 15, () => undefined)
    expect(poked).toEqual(refs.slice(2, 4))
  })

  it('tells of a deployment that cannot be touched, and touches the others', async () => {
    const { refs, sweep } = world(3)
    const told: object[] = []
    const deployments = ((ref: string) => ({
      poke: async () => {
        if (ref === refs[1]) throw new Error('overloaded')
      },
    })) as unknown as Deployments
    expect(await poke(sweep, deployments, 1, (event, facts) => void told.push({ event, ...facts }))).toBe(3)
    expect(told).toEqual([{ event: 'poke_failed', ref: refs[1], error: 'Error: overloaded' }])
  })

  it('does nothing where there is nothing', async () => {
    expect(await world(0).run()).toBe(0)
  })
})

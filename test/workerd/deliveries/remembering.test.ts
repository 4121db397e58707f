import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { DELIVERIES_MAX, type Delivery } from '#core/model/delivery'
import { delivery } from '../support/test-delivery'
import { type newRelease, testDeployment } from '../support/test-deployment'

const DAY_MS = 86_400_000
const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `dlv_${String(from + n).padStart(6, '0')}`)

async function remembering(changes: Parameters<typeof newRelease>[1] = {}) {
  const deployment = testDeployment()
  await deployment.deploy(1, changes)
  const { handle, scope, stub } = deployment
  const add = (deliveries: readonly Delivery[]) => handle.addDeliveries({ ...scope, deliveries })
  const list = async (query: object = {}) => (await handle.deliveries({ ...scope, query: { limit: 5_000, ...query } }))!
  const rows = () =>
    runInDurableObject(stub, (_, { storage }) =>
      storage.sql.exec<{ count: number }>('SELECT count FROM delivery ORDER BY n').toArray(),
    )
  return { ...deployment, add, list, rows }
}

describe('a deployment remembers its last thousand calls', () => {
  it('and the 1,001st pushes out the first, one by one', async () => {
    const { add, list } = await remembering()
    for (const id of ids(0, DELIVERIES_MAX)) await add([delivery(id)])
    expect((await list()).items.map(({ id }) => id)).toEqual(ids(0, DELIVERIES_MAX).toReversed())
    await add([delivery('dlv_001000')])
    const { items } = await list()
    expect([items.length, items[0]?.id, items.at(-1)?.id]).toEqual([1_000, 'dlv_001000', 'dlv_000001'])
  })

  it('and many at once push out as many', async () => {
    const { add, list } = await remembering()
    for (let from = 0; from < 5_000; from += 500) await add(ids(from, from + 500).map((id) => delivery(id)))
    expect((await list()).items.map(({ id }) => id)).toEqual(ids(4_000, 5_000).toReversed())
  })

  it('in few rows, each of them written few times: a row is what costs', async () => {
    const { add, rows } = await remembering()
    for (const id of ids(0, 2_000)) await add([delivery(id)])
    const kept = await rows()
    expect(kept.length).toBeLessThanOrEqual(DELIVERIES_MAX / 25 + 1)
    expect(kept.reduce((sum, { count }) => sum + count, 0)).toBeLessThan(DELIVERIES_MAX + 25)
    await add(ids(2_000, 3_000).map((id) => delivery(id)))
    expect((await rows()).length).toBeLessThanOrEqual(2)
  })

  it('also the longest of them, and reads one by its id', async () => {
    const { add, list, handle, scope } = await remembering()
    const headers = Object.fromEntries(Array.from({ length: 13 }, (_, n) => [`x-${n}`, 'ü中'.repeat(150)]))
    await add(ids(0, 1_000).map((id) => delivery(id, { headers })))
    expect((await list()).items).toHaveLength(1_000)
    expect(await handle.delivery({ ...scope, id: 'dlv_000500' })).toMatchObject({ id: 'dlv_000500', headers })
    expect(await handle.delivery({ ...scope, id: 'dlv_0005' })).toBeNull()
  })

  it('after it was restarted, undeployed and deployed again', async () => {
    const { add, list, stub, apply, deploy } = await remembering()
    await add([delivery('dlv_1')])
    await evictDurableObject(stub)
    await apply({ kind: 'undeploy' })
    expect((await list()).items).toMatchObject([{ id: 'dlv_1' }])
    await deploy(2)
    await add([delivery('dlv_2')])
    expect((await list()).items.map(({ id }) => id)).toEqual(['dlv_2', 'dlv_1'])
  })

  it('for as long as the live version keeps executions', async () => {
    const { add, list, rows, handle, scope } = await remembering({ retentionDays: 2 })
    const before = (days: number) => ({ at: Date.now() - days * DAY_MS })
    await add([delivery('dlv_1', before(3))])
    await add(Array.from({ length: 25 }, (_, n) => delivery(`dlv_2${n}`, before(1))))
    await add([delivery('dlv_30', before(4)), delivery('dlv_31')])
    expect((await list()).items).toHaveLength(26)
    expect(await handle.delivery({ ...scope, id: 'dlv_1' })).toBeNull()
    expect(await handle.delivery({ ...scope, id: 'dlv_30' })).toBeNull()
    await handle.poke()
    expect((await rows()).map(({ count }) => count)).toEqual([25, 2])
  })

  it('until it is emptied: then nothing is left, and nothing more is remembered', async () => {
    const { add, handle, scope, stub } = await remembering()
    await add([delivery('dlv_1')])
    expect(await handle.purge({ ...scope, mayCancel: true })).toBe('nothing')
    expect(await add([delivery('dlv_2')])).toBe(0)
    await handle.poke()
    expect(await handle.deliveries({ ...scope, query: { limit: 1 } })).toBeNull()
    const tables = await runInDurableObject(stub, (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '_cf%'").toArray(),
    )
    expect(tables).toEqual([])
  })

  it('of its own organization only', async () => {
    const { add, handle } = await remembering()
    await add([delivery('dlv_1')])
    const stranger = { organizationId: 'org_stranger' }
    expect(await handle.deliveries({ ...stranger, query: { limit: 1 } })).toBeNull()
    expect(await handle.delivery({ ...stranger, id: 'dlv_1' })).toBeNull()
    expect(await handle.addDeliveries({ ...stranger, deliveries: [delivery('dlv_2')] })).toBe(0)
  })
})

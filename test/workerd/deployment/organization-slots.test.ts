import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { PLAN_LIMITS } from '#core/model/plan-limits'
import type { OrganizationSlotsHandle } from '../../../worker/ports/organization-slots'

const { runningPerOrganization: LIMIT } = PLAN_LIMITS
let made = 0

function organization() {
  const organizationId = `org_slots_${made++}`
  const stub = env.SLOTS.getByName(`org:${organizationId}`)
  const slots = stub as unknown as OrganizationSlotsHandle
  const lend = (ref: string, need: number, wish = need) =>
    slots.lend({ organizationId, ref, shard: 0, need, wish, no: 0 })
  return { organizationId, stub, slots, lend }
}

const tablesOf = (stub: DurableObjectStub) =>
  runInDurableObject(stub, (_, { storage }) =>
    storage.sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
      )
      .toArray()
      .map(({ name }) => name),
  )

it('what an organization lent is lent after a restart of the object too, and to nobody else (I9)', async () => {
  const { stub, lend } = organization()
  expect(await lend('first', LIMIT - 10)).toEqual({ slots: LIMIT - 10, no: 1 })
  await evictDurableObject(stub)
  expect(await lend('second', 10, 50)).toEqual({ slots: 10, no: 1 })
})

it('an organization that is forgotten leaves no table of its slots behind, and one that never borrowed makes none', async () => {
  const { organizationId, stub, slots, lend } = organization()
  await slots.forget({ organizationId })
  expect(await tablesOf(stub)).toEqual([])
  await lend('first', 5)
  expect(await tablesOf(stub)).toContain('lent')
  await slots.forget({ organizationId })
  expect(await tablesOf(stub)).toEqual([])
  expect(await lend('second', LIMIT)).toEqual({ slots: LIMIT, no: 1 })
})

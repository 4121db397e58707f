import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseExecutionId } from '#core/model/execution-id'
import type { DeploymentHandle } from '../../../worker/ports/deployments'
import type { OrganizationSlotsHandle } from '../../../worker/ports/organization-slots'
import type { ShardHandle } from '../../../worker/ports/shards'
import { delivery } from '../support/test-delivery'
import { newVictim, type Victim } from './victim'

/**
 * What a call with the id of another organization gets. `reached by ref`: the call names no organization, because whoever
 * makes it has just been told by D1, by a token's MAC or by a lease whose object this is; no request reaches it otherwise.
 */
type Case<Handle> = 'reached by ref' | ((handle: Handle, organizationId: string, victim: Victim) => Promise<unknown>)

const seqOf = ({ waiting }: Victim) => parseExecutionId(waiting)?.seq ?? 0

/** Every method of a shard: one that is missing here does not compile. */
const SHARD: { readonly [K in keyof ShardHandle]: Case<ShardHandle> } = {
  accept: 'reached by ref',
  acceptMany: 'reached by ref',
  claim: 'reached by ref',
  commit: 'reached by ref',
  renew: 'reached by ref',
  park: 'reached by ref',
  finish: 'reached by ref',
  config: 'reached by ref',
  push: 'reached by ref',
  poke: 'reached by ref',
  findKey: (shard, organizationId) => shard.findKey({ organizationId, hash: 'h', fingerprint: 'f', epoch: 1 }),
  cancel: (shard, organizationId, victim) =>
    shard.cancel({ organizationId, seq: seqOf(victim), reason: 'mine now', actor: null }),
  signal: (shard, organizationId, victim) =>
    shard.signal({ organizationId, seq: seqOf(victim), name: 'go', signalId: 's', payload: '1', actor: null }),
  notify: (shard, organizationId, victim) =>
    shard.notify({ organizationId, seq: seqOf(victim), kind: 'child_cancel', key: 'k', body: '{}' }),
  read: (shard, organizationId, victim) => shard.read({ organizationId, seq: seqOf(victim) }),
  peek: (shard, organizationId, victim) => shard.peek({ organizationId, seq: seqOf(victim) }),
  release: (shard, organizationId) => shard.release({ organizationId, pin: 1 }),
  giveBack: (shard, organizationId) => shard.giveBack({ organizationId, most: 0, ahead: 0, no: 1 }),
  erase: (shard, organizationId, victim) => shard.erase({ organizationId, id: victim.ended }),
  reindex: (shard, organizationId) => shard.reindex({ organizationId, sinceAt: 0, from: 0 }),
  purge: (shard, organizationId) => shard.purge({ organizationId, mayCancel: true }),
}

/** Every method of a Deployment object. */
const DEPLOYMENT: { readonly [K in keyof DeploymentHandle]: Case<DeploymentHandle> } = {
  provide: 'reached by ref',
  poke: 'reached by ref',
  reindex: 'reached by ref',
  activate: (deployment, organizationId, { deploymentId, ref, workflowId, word }) =>
    deployment.activate({
      idempotencyKey: word,
      identity: {
        organizationId,
        deploymentId,
        ref,
        workflowId,
        workflowName: 'mine now',
        environment: 'production',
        environmentId: 'env_1',
        lane: 0,
      },
      actor: { id: 'user_1', email: null },
      change: { kind: 'pause', note: null },
    }),
  recall: (deployment, organizationId, { word }) => deployment.recall({ organizationId, idempotencyKey: word }),
  status: (deployment, organizationId) => deployment.status({ organizationId }),
  history: (deployment, organizationId) => deployment.history({ organizationId }),
  releases: (deployment, organizationId) => deployment.releases({ organizationId }),
  grow: (deployment, organizationId) => deployment.grow({ organizationId, shards: 1 }),
  addDeliveries: (deployment, organizationId, { word }) =>
    deployment.addDeliveries({ organizationId, deliveries: [delivery(word)] }),
  deliveries: (deployment, organizationId) => deployment.deliveries({ organizationId, query: { limit: 10 } }),
  delivery: (deployment, organizationId, victim) =>
    deployment.delivery({ organizationId, id: victim.ids.find((id) => id.startsWith('dlv_')) ?? '' }),
  purge: (deployment, organizationId) => deployment.purge({ organizationId, mayCancel: true }),
}

/** Every method of the object that lends an organization's slots. */
const SLOTS: { readonly [K in keyof OrganizationSlotsHandle]: Case<OrganizationSlotsHandle> } = {
  lend: (slots, organizationId, { ref }) => slots.lend({ organizationId, ref, shard: 0, need: 9, wish: 9, no: 0 }),
  forget: (slots, organizationId) => slots.forget({ organizationId }),
}

const guarded = <Handle>(cases: { readonly [name: string]: Case<Handle> }) =>
  Object.entries(cases).flatMap(([name, attempt]) => (attempt === 'reached by ref' ? [] : [[name, attempt] as const]))

/** What an object says to those it does not know: nothing. */
const NOTHING = [
  null,
  undefined,
  0,
  'unknown',
  'nothing',
  { kind: 'none' },
  { kind: 'behind' },
  { kind: 'not_deployed' },
]

function slotsOf({ organizationId }: Victim): OrganizationSlotsHandle {
  return env.SLOTS.getByName(`org:${organizationId}`) as unknown as OrganizationSlotsHandle
}

let victim: Victim
let before: readonly string[]

beforeAll(async () => {
  victim = await newVictim()
  before = await victim.snapshot()
})

async function changed(): Promise<readonly string[]> {
  const after = await victim.snapshot()
  return [...after.filter((line) => !before.includes(line)), ...before.filter((line) => !after.includes(line))]
}

describe('an object called for another organization (A-20, T-28)', () => {
  test.each(guarded(SHARD))('shard.%s tells nothing and does nothing', async (_, attempt) => {
    const shard = env.SHARDS.getByName(`dep:${victim.ref}:0`) as unknown as ShardHandle
    for (const stranger of ['org_stranger', '', victim.organizationId.toUpperCase(), `${victim.organizationId} `]) {
      expect(NOTHING).toContainEqual(await attempt(shard, stranger, victim))
    }
    expect(await changed()).toEqual([])
  })

  test.each(guarded(DEPLOYMENT))('deployment.%s tells nothing and does nothing', async (_, attempt) => {
    const deployment = env.DEPLOYMENTS.getByName(`dep:${victim.ref}`) as unknown as DeploymentHandle
    for (const stranger of ['org_stranger', '', victim.organizationId.toUpperCase()]) {
      expect(NOTHING).toContainEqual(await attempt(deployment, stranger, victim))
    }
    expect(await changed()).toEqual([])
  })

  test.each(guarded(SLOTS))('slots.%s tells nothing and does nothing', async (_, attempt) => {
    const slots = slotsOf(victim)
    for (const stranger of ['org_stranger', '', victim.organizationId.toUpperCase()]) {
      expect(NOTHING).toContainEqual(await attempt(slots, stranger, victim))
    }
    expect(await changed()).toEqual([])
  })

  test('the same calls for its own organization are answered', async () => {
    const { organizationId } = victim
    const shard = env.SHARDS.getByName(`dep:${victim.ref}:0`) as unknown as ShardHandle
    const deployment = env.DEPLOYMENTS.getByName(`dep:${victim.ref}`) as unknown as DeploymentHandle
    expect(JSON.stringify(await shard.read({ organizationId, seq: seqOf(victim) }))).toContain(victim.word)
    expect(JSON.stringify(await deployment.history({ organizationId }))).toContain(victim.word)
    expect(JSON.stringify(await deployment.deliveries({ organizationId, query: { limit: 10 } }))).toContain(victim.word)
  })
})

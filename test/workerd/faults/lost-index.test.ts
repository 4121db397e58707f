import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually'
import { createDeploymentSweep } from '../../../worker/adapters/d1/deployment-sweep'
import { createSweepCursor } from '../../../worker/adapters/d1/sweep-cursor'
import { reindex, type ReindexDeps } from '../../../worker/cron/reindex'
import type { DeploymentHandle } from '../../../worker/ports/deployments'
import type { ShardHandle } from '../../../worker/ports/shards'
import { deployed, type Place } from '../api/deployed'
import { archived, ran, refOf } from '../api/later'

afterEach(() => {
  vi.useRealTimers()
})

const HOUR_MS = 3_600_000

async function listed({ client }: Place): Promise<readonly unknown[]> {
  const page = await client.listExecutions({})
  return page.ok ? page.body.items.map(({ executionId, status }) => [executionId, status]) : []
}

/** What an older copy of the database does not know of a place. */
async function forget({ deployment }: Place): Promise<void> {
  const { deploymentId } = deployment
  await env.DB.batch([
    env.DB.prepare('DELETE FROM executions WHERE deployment_id = ?').bind(deploymentId),
    env.DB.prepare("UPDATE deployments SET epoch = 0, status = 'paused' WHERE id = ?").bind(deploymentId),
  ])
}

/** The calls of the platform's clock until all were asked; of the places of this test only. */
async function rebuild(place: Place, sinceAt: number, more: Partial<ReindexDeps> = {}): Promise<number> {
  const refs = async (after: string) => (after < refOf(place) ? [refOf(place)] : [])
  const deps: ReindexDeps = {
    sinceAt,
    sweep: { refs },
    deployments: (ref) => env.DEPLOYMENTS.getByName(`dep:${ref}`) as unknown as DeploymentHandle,
    shards: (ref, no) => env.SHARDS.getByName(`dep:${ref}:${no}`) as unknown as ShardHandle,
    cursor: createSweepCursor(env.DB, `reindex ${crypto.randomUUID()}`),
    report: () => undefined,
    ...more,
  }
  for (let calls = 1; calls < 50; calls++) if (await reindex(deps)) return calls
  throw new Error('It does not come to an end.')
}

/** An archived execution, two that are still stored, and one that was deleted. */
async function busy() {
  const place = await deployed()
  const [old = ''] = await ran(place, 1)
  await archived(old)
  const [deleted = '', ...young] = await ran(place, 3)
  await eventually(async () => expect(await listed(place)).toHaveLength(4))
  await eventually(async () =>
    expect((await place.client.deleteExecution({ params: { id: deleted } })).status).toBe(204),
  )
  return { ...place, old, young }
}

describe('an index that was set back', () => {
  test('is told again of what is stored and of what is archived, and of nothing that was deleted (I12)', async () => {
    const place = await busy()
    const before = await listed(place)
    expect(before).toHaveLength(3)
    await forget(place)
    expect(await listed(place)).toEqual([])
    await rebuild(place, Date.now() - HOUR_MS)
    expect(await listed(place)).toEqual(before)
    const row = env.DB.prepare('SELECT status FROM deployments WHERE id = ?').bind(place.deployment.deploymentId)
    expect(await row.first('status')).toBe('active')
  })

  test('is not bothered with blocks that were written before', async () => {
    const place = await busy()
    await forget(place)
    await rebuild(place, Date.now() + 1_000 * HOUR_MS)
    expect((await listed(place)).map((row) => (row as string[])[0])).toEqual(place.young.toReversed())
  })

  test('keeps what it knows better, and is told everything once more when asked twice', async () => {
    const place = await busy()
    const before = await listed(place)
    await rebuild(place, 0)
    await rebuild(place, 0)
    expect(await listed(place)).toEqual(before)
  })

  test('is rebuilt in the end although it goes away in the middle', async () => {
    const place = await busy()
    const before = await listed(place)
    await forget(place)
    const outages = ['dep', 'shard']
    const reports: string[] = []
    const deployments: ReindexDeps['deployments'] = (ref) => {
      if (outages[0] === 'dep') throw new Error(`away ${outages.shift()}`)
      return env.DEPLOYMENTS.getByName(`dep:${ref}`) as unknown as DeploymentHandle
    }
    const shards: ReindexDeps['shards'] = (ref, no) => {
      if (outages[0] === 'shard') throw new Error(`away ${outages.shift()}`)
      return env.SHARDS.getByName(`dep:${ref}:${no}`) as unknown as ShardHandle
    }
    const calls = await rebuild(place, 0, { deployments, shards, report: (event) => reports.push(event) })
    expect([calls, reports]).toEqual([3, ['reindex_failed', 'reindex_failed', 'reindexed']])
    expect(await listed(place)).toEqual(before)
  })

  test('is asked about through every deployment there is', async () => {
    const [one, other] = [await deployed(), await deployed()]
    const asked: string[] = []
    const deployments: ReindexDeps['deployments'] = (ref) => ({
      reindex: async () => {
        asked.push(ref)
        return null
      },
    })
    await rebuild(one, 0, { sweep: createDeploymentSweep(env.DB), deployments })
    expect(asked).toEqual([...new Set(asked)].toSorted())
    expect(asked).toEqual(expect.arrayContaining([refOf(one), refOf(other)]))
  })
})

import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, vi } from 'vitest'
import { eventually } from '../../support/eventually'
import { parseDeploymentId } from '#core/model/deployment-id'
import { parseExecutionId } from '#core/model/execution-id'
import type { ShardHandle } from '../../../worker/ports/shards'
import { type Place, run } from './deployed'

const DAY_MS = 24 * 3_600_000

export const refOf = ({ deployment }: Pick<Place, 'deployment'>) => parseDeploymentId(deployment.deploymentId) ?? ''
export const shardOf = (ref: string) =>
  env.SHARDS.getByName(`dep:${ref}:0`) as unknown as DurableObjectStub & ShardHandle

/** Runs the sample so often; answers the ids. */
export async function ran(place: Place, times: number): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < times; n++) {
    const answer = await run(place)
    if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
    ids.push(answer.body.executionId)
  }
  return ids
}

/** Looks after a shard at a later time, as the sweep does, until it holds what is asked for. */
export async function later(ref: string, days: number, holds: () => Promise<void>): Promise<void> {
  vi.useFakeTimers({ now: Date.now() + days * DAY_MS, toFake: ['Date'] })
  await shardOf(ref).config()
  await evictDurableObject(shardOf(ref))
  await eventually(async () => {
    await shardOf(ref).poke()
    await holds()
  })
  vi.useRealTimers()
  await evictDurableObject(shardOf(ref))
}

/** Waits until an execution is in the archive. */
export async function archived(id: string): Promise<void> {
  const { ref = '', seq = 0 } = parseExecutionId(id) ?? {}
  await later(ref, 2, async () => {
    const organizationId = (await shardOf(ref).config())?.organizationId ?? ''
    expect(await shardOf(ref).peek({ organizationId, seq })).toHaveProperty('archived')
  })
}

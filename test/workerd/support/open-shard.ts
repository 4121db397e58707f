import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect } from 'vitest'
import { encodeInteger } from '#core/kernel/crockford'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { AcceptAnswer, AcceptRequest, ReleaseParts } from '#core/shard/wire'
import type { ShardHandle } from '../../../worker/ports/shards'

let made = 0

/** A config like a Deployment object would push it, for a deployment of its own. */
export function deploymentConfig(changes: Partial<DeploymentConfig> = {}): DeploymentConfig {
  const ref = `t${encodeInteger(Date.now() * 1_000 + made++, 12)}`
  return {
    v: 1,
    epoch: 1,
    organizationId: `org_${ref}`,
    deploymentId: `deploy_${ref}`,
    ref,
    workflowId: `workflow_${ref}`,
    workflowName: 'orders',
    environment: 'production',
    environmentId: `env_${ref}`,
    // No lane: nobody but the test itself answers this shard's doorbells.
    lane: -1,
    status: 'active',
    active: 1,
    shards: 1,
    quota: 1_000,
    releases: [releaseParts(1).summary],
    ...changes,
  }
}

export function releaseParts(pin: number, changes: Partial<ReleaseParts['summary']> = {}): ReleaseParts {
  return {
    pin,
    summary: {
      pin,
      releaseId: `rel_${pin}`,
      versionId: `version_${pin}`,
      versionNumber: pin,
      version: `v${pin}`,
      pure: false,
      inline: true,
      timeoutMs: 3_600_000,
      endpoint: 'sealed',
      ...changes,
    },
    document: '{}',
    environment: 'sealed',
  }
}

/** A shard of its own, opened with a config. */
export async function openTestShard(changes: Partial<DeploymentConfig> = {}, release = releaseParts(1)) {
  const config = deploymentConfig(changes)
  const stub = env.SHARDS.getByName(`dep:${config.ref}:0`) as unknown as DurableObjectStub & ShardHandle
  await stub.push({ config, releases: [release] })
  return { stub, config }
}

/** Resolves once a shard was lent so many slots beside its own: a claim waits a second for them, and no longer. */
export async function lent(stub: DurableObjectStub, least: number): Promise<void> {
  const read = () =>
    runInDurableObject(stub, (_object, { storage }) =>
      storage.sql.exec<{ lent: number }>('SELECT lent FROM meta').one(),
    )
  await expect.poll(async () => (await read()).lent).toBeGreaterThanOrEqual(least)
}

let nonces = 0

export function acceptRequest(changes: Partial<AcceptRequest> = {}): AcceptRequest {
  return {
    epoch: 1,
    pin: 1,
    nonce: `nonce-${nonces++}`,
    cause: { type: 'manual', triggerId: null, actor: null },
    payload: '{"n":1}',
    ...changes,
  }
}

/** The accepted answer, or a test failure that shows what came instead. */
export function accepted(answer: AcceptAnswer): Extract<AcceptAnswer, { kind: 'accepted' }> {
  if (answer.kind !== 'accepted') throw new Error(`Not accepted: ${JSON.stringify(answer)}`)
  return answer
}

export function seqOf(id: string): number {
  return Number.parseInt(id.slice(-7), 32)
}

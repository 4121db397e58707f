import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { IDEMPOTENCY_KEY_MS } from '#core/model/idempotency'
import { accepted, acceptRequest, lent } from '../support/open-shard'
import { newRelease, testDeployment } from '../support/test-deployment'

describe('switching releases', () => {
  it('a deploy is live in every shard when it is answered', async () => {
    const deployment = testDeployment()
    expect(await deployment.deploy(1)).toMatchObject({ kind: 'done', epoch: 1, releaseId: 'rel_1', shardsPending: [] })
    expect(await deployment.shard.config()).toMatchObject({ epoch: 1, status: 'active', active: 1 })
  })

  it('the same key switches once, whatever happens between', async () => {
    const deployment = testDeployment()
    const request = deployment.request({ kind: 'switch', cause: 'deploy', release: newRelease(1) })
    await deployment.handle.activate(request)
    await evictDurableObject(deployment.stub)
    expect(await deployment.handle.activate(request)).toMatchObject({ kind: 'done', epoch: 1, releaseId: 'rel_1' })
    expect(await deployment.handle.releases(deployment.scope)).toHaveLength(1)
  })

  it('a key of more than a day ago is that of a new change, and both are in the history', async () => {
    const deployment = testDeployment()
    const first = deployment.request({ kind: 'switch', cause: 'deploy', release: newRelease(1) })
    const again = { ...first, change: { kind: 'switch', cause: 'deploy', release: newRelease(2) } } as const
    const pass = (ms: number) =>
      runInDurableObject(deployment.stub, (_object, { storage }) => {
        storage.sql.exec('UPDATE change SET at = at - ?', ms)
      })
    await deployment.handle.activate(first)
    await pass(IDEMPOTENCY_KEY_MS - 60_000)
    expect(await deployment.handle.activate(again)).toMatchObject({ kind: 'done', epoch: 1, releaseId: 'rel_1' })
    await pass(60_000)
    for (let n = 0; n < 2; n++) {
      expect(await deployment.handle.activate(again)).toMatchObject({ kind: 'done', epoch: 2, releaseId: 'rel_2' })
    }
    await pass(IDEMPOTENCY_KEY_MS)
    expect(await deployment.handle.activate(first)).toMatchObject({ kind: 'done', epoch: 3, releaseId: 'rel_1' })
    expect(await deployment.handle.history(deployment.scope)).toMatchObject([
      { version: 'v1' },
      { version: 'v2' },
      { version: 'v1' },
    ])
  })

  it('a change that expects an older state is refused and changes nothing', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1)
    await deployment.deploy(2)
    expect(await deployment.apply({ kind: 'pause', note: null }, { expectEpoch: 1 })).toEqual({
      kind: 'superseded',
      epoch: 2,
    })
    expect(await deployment.handle.status(deployment.scope)).toMatchObject({ status: 'active', epoch: 2 })
  })

  it('an execution stays on the release it was accepted with (I7), new ones take the new release', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1)
    const before = accepted(await deployment.shard.accept(acceptRequest({ epoch: 1, pin: 1 })))
    await deployment.deploy(2)
    const after = accepted(await deployment.shard.accept(acceptRequest({ epoch: 2, pin: 2 })))
    await lent(deployment.shardStub, 1)
    const { work } = await deployment.shard.claim({ max: 50, have: [] })
    expect(work.map(({ id, pin }) => [id, pin])).toEqual([
      [before.id, 1],
      [after.id, 2],
    ])
  })

  it('a rollback restores the earlier release and is written into the history', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1)
    await deployment.deploy(2)
    const answer = await deployment.apply({ kind: 'restore', releaseId: 'rel_1', cause: 'rollback', reason: 'errors' })
    expect(answer).toMatchObject({
      kind: 'done',
      epoch: 3,
      releaseId: 'rel_1',
      snapshot: { active: { version: 'v1' }, previous: { version: 'v2' } },
    })
    expect(await deployment.handle.history(deployment.scope)).toMatchObject([
      { kind: 'rollback', version: 'v1', from: 'v2', reason: 'errors', by: { email: 'alice@example.com' } },
      { kind: 'deploy', version: 'v2', from: 'v1' },
      { kind: 'deploy', version: 'v1', from: null },
    ])
  })

  it('a placed release takes no traffic until it is activated', async () => {
    const deployment = testDeployment()
    await deployment.apply({ kind: 'place', release: newRelease(1) })
    expect(await deployment.shard.config()).toMatchObject({ status: 'placed', active: null })
    await deployment.apply({ kind: 'restore', releaseId: 'rel_1', cause: 'activate' })
    expect(await deployment.shard.config()).toMatchObject({ status: 'active', active: 1 })
  })

  it('an undeployed deployment accepts nothing; deploying again brings it back', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1)
    await deployment.apply({ kind: 'undeploy' })
    expect(await deployment.shard.accept(acceptRequest({ epoch: 2 }))).toEqual({ kind: 'refused', code: 'undeployed' })
    await deployment.deploy(2)
    expect((await deployment.shard.accept(acceptRequest({ epoch: 3, pin: 2 }))).kind).toBe('accepted')
  })

  it('a shard that lacks a release gets it from the deployment', async () => {
    const deployment = testDeployment()
    await deployment.deploy(1)
    await deployment.apply({ kind: 'place', release: newRelease(2) })
    expect(await deployment.shard.accept(acceptRequest({ epoch: 2, pin: 2 }))).toEqual({ kind: 'need_release' })
    expect(await deployment.handle.provide({ pin: 2, shard: 0 })).toBe(true)
    expect((await deployment.shard.accept(acceptRequest({ epoch: 2, pin: 2 }))).kind).toBe('accepted')
    expect(await deployment.handle.provide({ pin: 9, shard: 0 })).toBe(false)
  })

  it('a release that only waits can be tried: its executions get a runner', async () => {
    const deployment = testDeployment()
    await deployment.apply({ kind: 'place', release: newRelease(1) })
    await deployment.handle.provide({ pin: 1, shard: 0 })
    await deployment.shard.accept(acceptRequest({ epoch: 1, pin: 1 }))
    expect((await deployment.shard.claim({ max: 1, have: [] })).work).toHaveLength(1)
  })

  it('a change made while an earlier one is being projected reaches D1 too', async () => {
    const deployment = testDeployment()
    const deploy = deployment.request({ kind: 'switch', cause: 'deploy', release: newRelease(1) })
    const pause = deployment.request({ kind: 'pause', note: null })
    await runInDurableObject(deployment.stub, async (object) => {
      const deployed = object as unknown as { env: typeof env; activate: typeof deployment.handle.activate }
      const real = deployed.env
      let paused: Promise<unknown> = Promise.resolve()
      const DB = {
        prepare: (sql: string) => real.DB.prepare(sql),
        async batch(statements: D1PreparedStatement[]) {
          deployed.env = real
          const answer = await real.DB.batch(statements)
          paused = deployed.activate(pause)
          return answer
        },
      }
      deployed.env = { ...real, DB: DB as unknown as D1Database }
      await deployed.activate(deploy)
      await paused
    })
    const row = await env.DB.prepare('SELECT * FROM deployments WHERE ref = ?').bind(deployment.identity.ref).first()
    expect(row).toMatchObject({ status: 'paused', epoch: 2 })
  })

  it('two changes at the same time happen one after the other, and the same one twice happens once', async () => {
    const deployment = testDeployment()
    const first = deployment.request({ kind: 'switch', cause: 'deploy', release: newRelease(1) })
    const second = deployment.request({ kind: 'switch', cause: 'deploy', release: newRelease(2) })
    const answers = await Promise.all([first, second, first].map((request) => deployment.handle.activate(request)))
    expect(answers.map((answer) => 'releaseId' in answer && answer.releaseId)).toEqual(['rel_1', 'rel_2', 'rel_1'])
    expect(await deployment.handle.releases(deployment.scope)).toHaveLength(2)
    expect(await deployment.shard.config()).toMatchObject({ epoch: 2, active: 2 })
  })

  it('what is live can be listed from D1, and another organization’s object answers nothing', async () => {
    const deployment = testDeployment()
    const change = deployment.request({ kind: 'switch', cause: 'deploy', release: newRelease(1) })
    await deployment.handle.activate(change)
    const row = await env.DB.prepare('SELECT * FROM deployments WHERE ref = ?').bind(deployment.identity.ref).first()
    expect(row).toMatchObject({ status: 'active', epoch: 1, active_version_id: 'version_1' })
    expect(await deployment.handle.status({ organizationId: 'org_other' })).toBeNull()
    expect(await deployment.handle.history({ organizationId: 'org_other' })).toBeNull()
    const { idempotencyKey } = change
    expect(await deployment.handle.recall({ ...deployment.scope, idempotencyKey })).toMatchObject({ from: null })
    expect(await deployment.handle.recall({ organizationId: 'org_other', idempotencyKey })).toBeNull()
    const foreign = { ...deployment.identity, organizationId: 'org_other' }
    expect(await deployment.apply({ kind: 'undeploy' }, { identity: foreign })).toEqual({ kind: 'not_deployed' })
  })
})

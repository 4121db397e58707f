import { evictDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { parseExecutionId } from '#core/model/execution-id'
import { accepted, acceptRequest, openTestShard, releaseParts } from '../support/open-shard'

describe('accepting an execution', () => {
  it('an accepted call has an id that names its shard and survives the object’s eviction (I1)', async () => {
    const { stub, config } = await openTestShard()
    const { id, duplicate } = accepted(await stub.accept(acceptRequest()))
    expect(duplicate).toBe(false)
    expect(parseExecutionId(id)).toMatchObject({ ref: config.ref, shard: 0, seq: 0 })
    await evictDurableObject(stub)
    const seen = await stub.read({ organizationId: config.organizationId, seq: 0 })
    expect(seen).toMatchObject({ record: { id, payload: '{"n":1}' } })
  })

  it('the same key and body give the same execution, also after a restart', async () => {
    const { stub } = await openTestShard()
    const first = accepted(await stub.accept(acceptRequest({ key: 'k', fingerprint: 'f' })))
    const again = accepted(await stub.accept(acceptRequest({ key: 'k', fingerprint: 'f' })))
    expect(again).toEqual({ kind: 'accepted', id: first.id, duplicate: true, ring: 0 })
    await evictDurableObject(stub)
    expect(accepted(await stub.accept(acceptRequest({ key: 'k', fingerprint: 'f' }))).id).toBe(first.id)
  })

  it('the same key with another body is refused and starts nothing', async () => {
    const { stub, config } = await openTestShard()
    await stub.accept(acceptRequest({ key: 'k', fingerprint: 'f' }))
    expect(await stub.accept(acceptRequest({ key: 'k', fingerprint: 'g' }))).toEqual({
      kind: 'refused',
      code: 'key_reused',
    })
    expect(await stub.peek({ organizationId: config.organizationId, seq: 1 })).toBeNull()
  })

  it('one key sent 100 times at once makes one execution', async () => {
    const { stub, config } = await openTestShard()
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => stub.accept(acceptRequest({ key: 'k', fingerprint: 'f' }))),
    )
    expect(new Set(answers.map((answer) => accepted(answer).id)).size).toBe(1)
    expect(await stub.peek({ organizationId: config.organizationId, seq: 1 })).toBeNull()
  })

  it('a repeat after a broken answer finds what the first call made', async () => {
    const { stub } = await openTestShard()
    const request = acceptRequest()
    const first = accepted(await stub.accept(request))
    expect(accepted(await stub.accept({ ...request, retry: true }))).toMatchObject({ id: first.id, duplicate: true })
  })

  it('a call judged with an older config is sent back with the newer one', async () => {
    const { stub, config } = await openTestShard()
    const newer = { ...config, epoch: 2, active: 2, releases: [releaseParts(2).summary] }
    await stub.push({ config: newer, releases: [releaseParts(2)] })
    expect(await stub.accept(acceptRequest({ epoch: 1 }))).toEqual({ kind: 'stale', config: newer })
    expect((await stub.accept(acceptRequest({ epoch: 2, pin: 2 }))).kind).toBe('accepted')
  })

  it('an older config never replaces a newer one, whatever order they arrive in', async () => {
    const { stub, config } = await openTestShard()
    await stub.push({ config: { ...config, epoch: 5 }, releases: [] })
    expect(await stub.push({ config: { ...config, epoch: 3 }, releases: [] })).toMatchObject({ epoch: 5 })
  })

  it('a paused deployment accepts nothing, but still knows its keys', async () => {
    const { stub, config } = await openTestShard()
    const { id } = accepted(await stub.accept(acceptRequest({ key: 'k', fingerprint: 'f' })))
    await stub.push({ config: { ...config, epoch: 2, status: 'paused' }, releases: [] })
    expect(await stub.accept(acceptRequest({ epoch: 2 }))).toEqual({ kind: 'refused', code: 'paused' })
    expect(accepted(await stub.accept(acceptRequest({ epoch: 2, key: 'k', fingerprint: 'f' }))).id).toBe(id)
  })

  it('another organization sees nothing of an execution', async () => {
    const { stub } = await openTestShard()
    await stub.accept(acceptRequest())
    const foreign = { organizationId: 'org_other', seq: 0 }
    expect(await stub.read(foreign)).toBeNull()
    expect(await stub.peek(foreign)).toBeNull()
    expect(await stub.cancel({ ...foreign, reason: '', actor: null })).toBe('unknown')
  })
})

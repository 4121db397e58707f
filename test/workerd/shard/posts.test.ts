import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { LIMITS } from '#core/model/limits'
import type { ParentLink } from '#core/shard/wire'
import type { ShardHandle } from '../../../worker/ports/shards'
import { acceptRequest, accepted, openTestShard, seqOf } from '../support/open-shard'

const RESULT = '{"output":{"n":1},"error":null,"startedAt":1,"endedAt":2}'
const claimOne = { max: 1, have: [] }
const waitFor = (executionId: string) =>
  JSON.stringify({
    v: 1,
    type: 'stage_waiting',
    stage: 'call',
    attempt: 1,
    at: 1,
    input: {},
    until: 9e15,
    for: { kind: 'child', executionId },
  })

afterEach(() => {
  vi.useRealTimers()
})

type Stub = DurableObjectStub & ShardHandle

const outboxOf = (stub: Stub) =>
  runInDurableObject(stub, (_object, { storage }) =>
    storage.sql.exec<{ kind: string; tries: number }>('SELECT kind, tries FROM outbox').toArray(),
  )

/** A parent that waits for a child on another shard of the same organization. */
async function family(link: Partial<ParentLink> = {}) {
  const parents = await openTestShard()
  const parentId = accepted(await parents.stub.accept(acceptRequest())).id
  const [work] = (await parents.stub.claim(claimOne)).work
  const children = await openTestShard({ organizationId: parents.config.organizationId })
  const parent = { executionId: parentId, stage: 'call', depth: 1, waits: true, ...link }
  const cause = { type: 'workflow', triggerId: null, actor: null, parent } as const
  const childId = accepted(await children.stub.accept(acceptRequest({ cause }))).id
  const parentItem = { seq: 0, token: work?.token ?? 0, from: 0, events: [waitFor(childId)] }
  await parents.stub.park({ items: [{ ...parentItem, wakeAt: Date.now() + 3_600_000 }] })
  const scope = { organizationId: parents.config.organizationId, seq: 0 }
  return { parents: parents.stub, children: children.stub, childId, parentId, scope }
}

async function endChild(children: Stub) {
  const [work] = (await children.claim(claimOne)).work
  const item = { seq: work?.seq ?? 0, token: work?.token ?? 0, from: 0, events: [] }
  await children.finish({ items: [{ ...item, status: 'completed', result: RESULT }] })
}

describe('what one execution tells another', () => {
  it('the end of a child wakes the parent that waits for it, with its output', async () => {
    const { parents, children, childId } = await family()
    await endChild(children)
    await expect
      .poll(async () => (await parents.claim(claimOne)).work[0]?.inbox)
      .toMatchObject([{ kind: 'child_finished', key: childId, body: expect.stringContaining('{"n":1}') as string }])
    await expect.poll(() => outboxOf(children)).toEqual([])
  })

  it('nobody is told who does not wait', async () => {
    const { children } = await family({ waits: false })
    await endChild(children)
    expect(await outboxOf(children)).toEqual([])
  })

  it('the end of a child is told until it was heard, also by an object that restarts (at least once)', async () => {
    const { parents, children, childId, parentId } = await family()
    await runInDurableObject(children, (_object, { storage }) => {
      const body = JSON.stringify({ key: childId, status: 'completed', output: { n: 1 }, failure: null })
      storage.sql.exec(
        `INSERT INTO outbox (target, kind, body, due_at, tries) VALUES (?, 'child_finished', ?, 0, 3)`,
        parentId,
        body,
      )
    })
    await evictDurableObject(children)
    await children.poke()
    await expect.poll(async () => (await parents.claim(claimOne)).work[0]?.inbox.length).toBe(1)
    expect(await outboxOf(children)).toEqual([])
  })

  it('a message told twice is heard once', async () => {
    const { parents, childId, scope } = await family()
    const message = {
      ...scope,
      kind: 'child_finished',
      key: childId,
      body: JSON.stringify({ key: childId, status: 'completed', output: null, failure: null }),
    } as const
    expect(await parents.notify(message)).toBe('recorded')
    expect(await parents.notify(message)).toBe('duplicate')
    expect(await parents.notify({ ...message, organizationId: 'org_other' })).toBe('unknown')
    expect((await parents.claim(claimOne)).work[0]?.inbox).toHaveLength(1)
  })

  it('what children answer beyond what one claim can carry comes as failures, and the parent is never lost', async () => {
    const { parents, scope } = await family()
    const output = 'x'.repeat(LIMITS.outputInlineBytesMax)
    const ends = Array.from({ length: 70 }, (_, n) => `child-${n}`)
    for (const key of ends) {
      const body = JSON.stringify({ key, status: 'completed', output, failure: null })
      expect(await parents.notify({ ...scope, kind: 'child_finished', key, body })).toBe('recorded')
    }
    await evictDurableObject(parents)
    const last = { key: 'child-70', status: 'completed', output, failure: null }
    await parents.notify({ ...scope, kind: 'child_finished', key: last.key, body: JSON.stringify(last) })
    // Nobody is handed what the object held before it restarted, as long as a lease.
    vi.setSystemTime(Date.now() + 30_001)
    await runDurableObjectAlarm(parents)
    const heard = (await parents.claim(claimOne)).work[0]?.inbox ?? []
    expect(heard.map(({ key }) => key)).toEqual([...ends, last.key])
    const codes = heard.map(({ body }) => (JSON.parse(body) as { failure: { code: string } | null }).failure?.code)
    expect(codes).toEqual([
      ...Array.from({ length: 63 }, () => undefined),
      ...Array.from({ length: 8 }, () => 'child_output_too_large'),
    ])
  })

  it.each(['cancelled', 'timed out'])('a parent that is %s takes the child it waits for along', async (how) => {
    const { parents, children, childId, scope } = await family()
    if (how === 'cancelled') await parents.cancel({ ...scope, reason: '', actor: null })
    else {
      vi.setSystemTime(Date.now() + 3_600_001)
      await runDurableObjectAlarm(parents)
    }
    const child = { organizationId: scope.organizationId, seq: seqOf(childId) }
    await expect
      .poll(async () => children.peek(child))
      .toMatchObject({
        status: 'cancelled',
        result: expect.stringContaining('The execution that waited for it has ended') as string,
      })
  })

  it('a child whose start was never journaled is cancelled when its fenced runner tells of it', async () => {
    const { stub, config } = await openTestShard()
    const parentId = accepted(await stub.accept(acceptRequest())).id
    const [work] = (await stub.claim(claimOne)).work
    const children = await openTestShard({ organizationId: config.organizationId })
    const parent = { executionId: parentId, stage: 'call', depth: 1, waits: true }
    const cause = { type: 'workflow', triggerId: null, actor: null, parent } as const
    const childId = accepted(await children.stub.accept(acceptRequest({ cause }))).id
    await stub.cancel({ organizationId: config.organizationId, seq: 0, reason: '', actor: null })
    const item = { seq: 0, token: work?.token ?? 0, from: 0, events: [waitFor(childId)] }
    expect(await stub.commit({ items: [item] })).toEqual([{ kind: 'fenced' }])
    await expect
      .poll(async () => children.stub.peek({ organizationId: config.organizationId, seq: 0 }))
      .toMatchObject({ status: 'cancelled' })
  })

  it('an output too large to hand over fails the wait, and says so', async () => {
    const { parents, children } = await family()
    const [work] = (await children.claim(claimOne)).work
    const result = JSON.stringify({ output: 'x'.repeat(300_000), error: null, startedAt: 1, endedAt: 2 })
    const item = { seq: 0, token: work?.token ?? 0, from: 0, events: [] }
    await children.finish({ items: [{ ...item, status: 'completed', result }] })
    await expect
      .poll(async () => (await parents.claim(claimOne)).work[0]?.inbox[0]?.body)
      .toContain('child_output_too_large')
  })
})

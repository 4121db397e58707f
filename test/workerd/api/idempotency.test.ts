import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { newOrganization, sampleDefinition, send } from './support'

const create = (key: string, idempotencyKey: string, name = 'Repeated') =>
  send('/v1/workflows', {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'idempotency-key': idempotencyKey,
    },
    body: JSON.stringify({ definition: sampleDefinition(name) }),
  })
const countOf = async (key: string) => {
  const response = await send('/v1/workflows', { headers: { authorization: `Bearer ${key}` } })
  return (await response.json<{ items: unknown[] }>()).items.length
}

describe('a POST with an Idempotency-Key', () => {
  it('that comes again gets the same answer, and does nothing (R-01)', async () => {
    const { key } = await newOrganization()
    const first = await create(key, 'once')
    const again = await create(key, 'once')
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect(await again.json()).toEqual(await first.json())
    expect(await countOf(key)).toBe(1)
  })

  it('that comes again with another body is refused with 422 (R-02)', async () => {
    const { key } = await newOrganization()
    await create(key, 'once')
    const other = await create(key, 'once', 'Another')
    expect(other.status).toBe(422)
    expect(await other.json()).toMatchObject({ code: 'idempotency_key_reused' })
    expect(await countOf(key)).toBe(1)
  })

  it('that comes many times at once is done once; the others are told to wait, or get its answer (R-03)', async () => {
    const { key } = await newOrganization()
    const answers = await Promise.all(Array.from({ length: 8 }, () => create(key, 'once')))
    const done = answers.filter(({ status }) => status === 201)
    const told = answers.filter(({ status }) => status === 409)
    expect(done.length).toBeGreaterThanOrEqual(1)
    expect(done.length + told.length).toBe(8)
    for (const answer of told) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(await countOf(key)).toBe(1)
  })

  it.for([
    [255, 201],
    [256, 400],
  ] as const)('may have 255 characters: %i answers %i (R-04)', async ([length, status]) => {
    const { key } = await newOrganization()
    expect((await create(key, 'k'.repeat(length))).status).toBe(status)
  })

  it('shares nothing with the same key of another organization (R-05)', async () => {
    const [one, other] = [await newOrganization(), await newOrganization()]
    const answers = [await create(one.key, 'shared'), await create(other.key, 'shared')]
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    expect(answers[1]?.headers.get('idempotency-replayed')).toBeNull()
    expect([await countOf(one.key), await countOf(other.key)]).toEqual([1, 1])
  })

  it('that was refused may come again, and a claim whose process died is taken over (R-06)', async () => {
    const { key } = await newOrganization()
    await create(key, 'taken', 'Taken')
    expect((await create(key, 'name', 'Taken')).status).toBe(409)
    expect((await create(key, 'name', 'Taken')).headers.get('idempotency-replayed')).toBeNull()
    const claimed = crypto.randomUUID()
    const { id } = await (await create(key, claimed, 'Dead')).json<{ id: string }>()
    // As if the process had died right after it claimed the key: nothing was done, and the claim has run out.
    await env.DB.batch([
      env.DB.prepare('DELETE FROM workflows WHERE id = ?').bind(id),
      env.DB.prepare(
        'UPDATE idempotency_records SET status = NULL, answer = NULL, locked_until_at = 0 WHERE key = ?',
      ).bind(claimed),
    ])
    const again = await create(key, claimed, 'Dead')
    expect(again.status).toBe(201)
    expect(again.headers.get('idempotency-replayed')).toBeNull()
  })
})

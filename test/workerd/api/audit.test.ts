import { env } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../support/eventually'
import { chainProblem } from '#core/model/audit-chain'
import { createStores } from '../../../worker/adapters/d1/stores'
import { deployDocument } from './deploy-document'
import { clientWith, newKey, newOrganization, sampleDefinition, send } from './support'

type Exported = Parameters<typeof chainProblem>[0] extends infer Head
  ? {
      organizationId: string
      from: Head & { seq: number; hash: string }
      entries: Parameters<typeof chainProblem>[1]
      head: { seq: number; hash: string }
    }
  : never

async function withAudit() {
  const organization = await newOrganization()
  const reader = await newKey(organization.session, ['audit:read'])
  const read = async (path: string, key = reader) => {
    const response = await send(path, { headers: { authorization: `Bearer ${key}` } })
    return { status: response.status, body: await response.json<Record<string, never>>() }
  }
  const list = async (query = '') =>
    (await read(`/v1/audit${query}`)).body as unknown as {
      items: { seq: number; action: string; target: string; actor: { id: string }; detail: unknown; hash: string }[]
      nextCursor: string | null
    }
  const chain = async (query = '') => (await read(`/v1/audit/export${query}`)).body as unknown as Exported
  return { ...organization, read, list, chain }
}

/** What somebody can do who may change the database itself: they take the guards away. */
async function unguarded(statement: D1PreparedStatement) {
  const { results } = await env.DB.prepare(
    `SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_log'`,
  ).all<{ name: string; sql: string }>()
  expect(results).toHaveLength(2)
  await env.DB.batch([
    ...results.map(({ name }) => env.DB.prepare(`DROP TRIGGER ${name}`)),
    statement,
    ...results.map(({ sql }) => env.DB.prepare(sql)),
  ])
}

describe('the audit of an organization', () => {
  it('lists who did what, newest first, in pages, by action, actor and target', async () => {
    const { session, list } = await withAudit()
    const made = []
    for (let n = 0; n < 3; n++) made.push(await newKey(session, ['workflows:read']))
    // The hash of an entry is made behind the answer.
    const keys = await eventually(async () => {
      const page = await list('?action=key')
      expect(page.items.filter(({ hash }) => hash === null)).toEqual([])
      return page
    })
    expect(keys.items.length).toBeGreaterThanOrEqual(5)
    expect(new Set(keys.items.map(({ action }) => action))).toEqual(new Set(['key.created']))
    expect(keys.items.map(({ seq }) => seq)).toEqual(keys.items.map(({ seq }) => seq).toSorted((a, b) => b - a))
    const first = await list('?action=key.created&limit=2')
    const second = await list(`?action=key.created&limit=2&cursor=${first.nextCursor}`)
    expect([...first.items, ...second.items]).toEqual(keys.items.slice(0, 4))
    const [newest] = keys.items
    expect((await list(`?target=${newest?.target}`)).items).toEqual([newest])
    expect((await list(`?actor=${newest?.actor.id}&action=key`)).items).toEqual(keys.items)
    expect((await list('?actor=user_nobody')).items).toEqual([])
    expect((await list(`?from=2999-01-01T00:00:00Z`)).items).toEqual([])
  })

  it('is read with its scope only, and is nobody else’s', async () => {
    const { key, session, list, read } = await withAudit()
    expect((await read('/v1/audit', key)).status).toBe(403)
    expect((await read('/v1/audit/export', key)).status).toBe(403)
    const other = await withAudit()
    await newKey(session, ['workflows:read'])
    const ours = new Set((await list()).items.map(({ hash }) => hash))
    expect((await other.list()).items.some(({ hash }) => ours.has(hash))).toBe(false)
  })

  it('says what its newest page follows, and does not pretend that there is more', async () => {
    const { read, chain } = await withAudit()
    const { head } = await chain()
    expect(await chain(`?after=${head.seq}`)).toMatchObject({ from: head, entries: [] })
    expect(await read(`/v1/audit/export?after=${head.seq + 5}`)).toMatchObject({
      status: 422,
      body: { code: 'request_invalid', issues: [{ path: '/query/after' }] },
    })
  })

  it('stays one chain however many write at once', async () => {
    const { session, chain } = await withAudit()
    const { head: before } = await chain()
    await Promise.all(Array.from({ length: 25 }, () => newKey(session, ['workflows:read'])))
    const { from, entries, head } = await chain()
    expect(chainProblem(from, entries)).toBeNull()
    expect(entries.filter(({ action }) => action === 'key.created').length).toBeGreaterThanOrEqual(26)
    expect(entries.at(-1)).toMatchObject({ seq: head.seq, hash: head.hash })
    expect(entries.find(({ seq }) => seq === before.seq)?.hash).toBe(before.hash)
  })

  it('is handed out in pages that follow each other', async () => {
    const { session, chain } = await withAudit()
    for (let n = 0; n < 4; n++) await newKey(session, ['workflows:read'])
    const first = await chain('?limit=3')
    const second = await chain('?after=3')
    expect(second.from).toEqual({ seq: 3, hash: first.entries[2]?.hash })
    expect(chainProblem(first.from, [...first.entries, ...second.entries])).toBeNull()
  })

  it.for([
    ['changed', 'UPDATE audit_log SET target = ? WHERE organization_id = ? AND seq = 3', 3],
    ['removed', 'DELETE FROM audit_log WHERE ? IS NOT NULL AND organization_id = ? AND seq = 3', 4],
  ] as const)('tells that an entry was %s behind its back', async ([, statement, seq]) => {
    const { session, chain } = await withAudit()
    for (let n = 0; n < 4; n++) await newKey(session, ['workflows:read'])
    const { organizationId } = await chain()
    await unguarded(env.DB.prepare(statement).bind('key_forged', organizationId))
    const { from, entries } = await chain()
    expect(chainProblem(from, entries)).toMatchObject({ seq })
  })

  it.for([
    ['changed', `UPDATE audit_log SET target = 'key_forged' WHERE organization_id = ? AND seq = 3`],
    ['hashed anew', `UPDATE audit_log SET hash = hash WHERE organization_id = ? AND seq = 3`],
    ['robbed of its hash', `UPDATE audit_log SET hash = NULL WHERE organization_id = ? AND seq = 3`],
    ['moved', `UPDATE audit_log SET seq = 1000 WHERE organization_id = ? AND seq = 3`],
    ['removed', 'DELETE FROM audit_log WHERE organization_id = ? AND seq = 3'],
  ] as const)('refuses by itself that an entry is %s', async ([, statement]) => {
    const { session, chain } = await withAudit()
    for (let n = 0; n < 4; n++) await newKey(session, ['workflows:read'])
    const { organizationId } = await chain()
    await expect(env.DB.prepare(statement).bind(organizationId).run()).rejects.toThrow('An entry of the audit is never')
    const { from, entries } = await chain()
    expect(chainProblem(from, entries)).toBeNull()
  })

  it('binds what was written to what was before it without being asked', async () => {
    const { session, list } = await withAudit()
    await Promise.all(Array.from({ length: 5 }, () => newKey(session, ['workflows:read'])))
    await expect.poll(async () => (await list()).items.filter(({ hash }) => hash === null)).toEqual([])
  })

  it('is not continued behind an entry that is not its last', async () => {
    const { chain } = await withAudit()
    const { organizationId } = await chain()
    const { audit } = createStores(env.DB, { organizationId })
    const actor = { id: 'user_1', email: null }
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        audit.append({ id: `audit_race${n}${organizationId.slice(-8)}`, at: n, actor, action: 'a.b', target: 't' }),
      ),
    )
    const { from, entries } = await chain()
    expect(chainProblem(from, entries)).toBeNull()
    expect(entries.filter(({ action }) => action === 'a.b')).toHaveLength(30)
  })
})

describe('reads that are written down', () => {
  it('whoever lists secrets, once however often they look', async () => {
    const { key, list } = await withAudit()
    for (let n = 0; n < 3; n++)
      await send('/v1/environments/development/secrets', { headers: { authorization: `Bearer ${key}` } })
    expect((await list('?action=secret.listed')).items).toHaveLength(1)
  })

  it.for([true, false])('of a workflow that says sensitive: %s', async (sensitive) => {
    const { key, list } = await withAudit()
    const client = clientWith(key)
    const definition = { ...sampleDefinition('Payroll'), settings: { sensitive } }
    const { workflowId, start } = await deployDocument(client, definition)
    const executionId = await start({ customerId: 'c1' })
    const look = (path: string) => send(path, { headers: { authorization: `Bearer ${key}` } })
    for (const path of [
      `/v1/workflows/${workflowId}`,
      `/v1/workflows/${workflowId}/versions/v1`,
      `/v1/workflows/${workflowId}/versions/v1/diff/draft`,
      `/v1/executions/${executionId}`,
      `/v1/executions/${executionId}/trace`,
    ])
      expect((await look(path)).status).toBe(200)
    const plan = { workflowId, environment: 'production', version: 'v1', dryRun: true }
    expect(await client.deployWorkflow({ body: plan })).toMatchObject({ status: 200, body: { dryRun: true } })
    const seen = (await list()).items.filter(({ action }) => action.endsWith('.read'))
    expect(seen.map(({ action, target, detail }) => [action, target, detail])).toEqual(
      sensitive
        ? [
            ['workflow.read', workflowId, { versions: ['v1', 'v1'] }],
            ['execution.read', executionId, { workflowId }],
            ['workflow.read', workflowId, { versions: ['v1', 'draft'] }],
            ['workflow.read', workflowId, { version: 'v1' }],
            ['workflow.read', workflowId, {}],
          ]
        : [],
    )
  })

  it('of a diff and a plan whose other side alone is sensitive: taking the mark away hides nothing', async () => {
    const { key, list } = await withAudit()
    const client = clientWith(key)
    const { workflowId } = await deployDocument(client, {
      ...sampleDefinition('Payroll'),
      settings: { sensitive: true },
    })
    const params = { id: workflowId }
    await client.saveWorkflow({ params, body: { definition: sampleDefinition('Payroll'), revision: 1 } })
    for (const [a, b] of [
      ['v1', 'draft'],
      ['draft', 'v1'],
      ['draft', 'draft'],
    ] as const)
      expect(await client.diffVersions({ params: { ...params, a, b } })).toMatchObject({ status: 200 })
    await client.deployWorkflow({ body: { workflowId, environment: 'production', dryRun: true } })
    await client.deployWorkflow({ body: { workflowId, environment: 'staging', dryRun: true } })
    const seen = (await list('?action=workflow.read')).items.map(({ detail }) => detail)
    // The plan for production compares what the first diff did, moments ago; the one for staging shows the draft alone.
    expect(seen).toEqual([{ versions: ['draft', 'v1'] }, { versions: ['v1', 'draft'] }])
  })
})

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { sha256Hex } from '../../../worker/adapters/crypto/digest'
import { createEnvelopeVault } from '../../../worker/adapters/crypto/envelope-vault'
import { parseMasterKeys } from '../../../worker/adapters/crypto/master-keys'
import { createDeploymentProjection } from '../../../worker/adapters/d1/deployment-projection'
import { createDeploymentSweep } from '../../../worker/adapters/d1/deployment-sweep'
import { createOrganizationSweep } from '../../../worker/adapters/d1/organization-sweep'
import { createStores } from '../../../worker/adapters/d1/stores'
import { createArchiveCleaner } from '../../../worker/adapters/r2/archive-cleaner'
import { createKeyRings } from '../../../worker/adapters/r2/key-rings'
import { purge } from '../../../worker/cron/purge'
import { type RemoveDeps, removeOrganizations, SETTLE_MS } from '../../../worker/cron/remove-organizations'
import type { Bindings } from '../../../worker/env'
import type { Deployments } from '../../../worker/ports/deployments'
import { bucketObjects, databaseRows, objectRows } from '../secrets/storage-dump'
import { newVictim, type Victim } from '../tenancy/victim'
import { deployDocument, isEnded, until } from './deploy-document'
import { anyAddress, ask, type Headers, invited, newMember, PASSWORD, post, tokenTo } from './people'
import { clientWith, newKey, newOrganization, send } from './support'

const bindings = env as unknown as Bindings
const rings = createKeyRings(bindings.BUCKET)
const freshVault = () =>
  createEnvelopeVault({ masters: parseMasterKeys(String(bindings.MASTER_KEY), ''), rings, clock: Date.now })
const reports: { event: string; facts: Readonly<Record<string, string | number>> }[] = []
const report = (event: string, facts: Readonly<Record<string, string | number>>) => void reports.push({ event, facts })

const removing: RemoveDeps = {
  organizations: createOrganizationSweep(bindings.DB),
  storesOf: (organizationId) => createStores(bindings.DB, { organizationId }),
  projection: createDeploymentProjection(bindings.DB),
  digest: sha256Hex,
  deployments: (ref) => bindings.DEPLOYMENTS.getByName(`dep:${ref}`) as unknown as ReturnType<Deployments>,
  custodian: freshVault(),
  rings,
  slotsOf: (organizationId) => bindings.SLOTS.getByName(`org:${organizationId}`),
  cleaner: createArchiveCleaner(bindings.BUCKET),
  report,
}
const sweepOfPlaces = createDeploymentSweep(bindings.DB)

/** The sweeps as the clock calls them, once. */
async function sweep(now: number, more: Partial<RemoveDeps> = {}) {
  await removeOrganizations({ ...removing, ...more }, now)
  const { deployments, cleaner } = { ...removing, deployments: more.deployments ?? removing.deployments }
  await purge({ sweep: sweepOfPlaces, deployments, cleaner, report }, now)
}

/** What was reported of an organization under one word, the latest last. */
const told = (event: string, organizationId: string) =>
  reports.filter((it) => it.event === event && it.facts['organizationId'] === organizationId).map(({ facts }) => facts)

/** The sweep, minute after minute, until nothing is left of an organization. */
async function sweepAway(organizationId: string) {
  const ends = () => told('organization_removed', organizationId)
  for (let minute = 0; minute < 200 && ends().length === 0; minute++) await sweep(Date.now() + minute * 60_000)
  return ends()[0]
}

const remove = (session: Headers, body: object) => post('/v1/organization', body, session, 'DELETE')
const organizationOf = async (session: Headers) => String((await ask('/v1/me', session)).body['organizationId'])
const named = (word: string) => ({ name: word, password: PASSWORD })

/** Everything that is kept anywhere and says a word. */
async function placesOf(word: string): Promise<readonly string[]> {
  const texts = [...(await databaseRows()), ...(await bucketObjects()), ...(await objectRows())]
  return texts.filter((text) => text.includes(word)).map((text) => text.slice(0, 200))
}

describe('deleting an organization', () => {
  test('takes an owner, who says its name and knows the password; a refused call changes nothing', async () => {
    const { session, email, key } = await newOrganization()
    await post('/v1/auth/verify', { token: await tokenTo(email, 'verify-email') })
    const admin = await newMember(session, 'admin')
    const full = named('Example')
    expect(await remove(admin.session, full)).toMatchObject({ status: 403, body: { code: 'owner_required' } })
    expect(await remove({ authorization: `Bearer ${key}` }, full)).toMatchObject({
      status: 403,
      body: { code: 'owner_required' },
    })
    expect(await remove(session, named('Exampel'))).toMatchObject({
      status: 422,
      body: { code: 'request_invalid', issues: [{ code: 'name_differs', path: '/name' }] },
    })
    expect(await remove(session, { ...full, password: 'another password' })).toMatchObject({
      status: 403,
      body: { code: 'password_wrong' },
    })
    expect((await remove({}, full)).status).toBe(401)
    expect((await remove(session, { ...full, force: true })).status).toBe(422)
    expect((await remove(session, { name: 'Example' })).status).toBe(422)
    expect((await ask('/v1/me', session)).status).toBe(200)
    expect((await ask('/v1/workflows', { authorization: `Bearer ${key}` })).status).toBe(200)
  })

  test('asks for the second factor of who has one', async () => {
    const { session, user } = await newOrganization()
    await post('/v1/auth/second-factor', { password: PASSWORD }, session)
    await env.DB.prepare('UPDATE second_factors SET confirmed_at = 1 WHERE user_id = ?').bind(user.id).run()
    const refused = await remove(session, named('Example'))
    expect(refused).toMatchObject({ status: 401, body: { code: 'second_factor_required' } })
    expect(await remove(session, { ...named('Example'), code: '000000' })).toMatchObject({ status: 403 })
    expect((await ask('/v1/me', session)).status).toBe(200)
  })

  test('shuts everybody out at once: sessions, keys, invitations and who signs in; other organizations stay', async () => {
    const { session, email, key } = await newOrganization()
    await post('/v1/auth/verify', { token: await tokenTo(email, 'verify-email') })
    const member = await newMember(session, 'editor')
    const guest = anyAddress('guest')
    const token = await invited(session, guest, 'viewer')
    const done = await remove(session, named('Example'))
    expect(done).toMatchObject({ status: 202, body: { status: 'deleted', deletedAt: expect.stringMatching(/Z$/) } })
    const said = env.DB.prepare(
      "SELECT actor_email, detail FROM audit_log WHERE action = 'organization.deleted' AND target = ?",
    )
    expect(await said.bind(String(done.body['organizationId'])).first()).toEqual({
      actor_email: email,
      detail: JSON.stringify({ name: 'Example' }),
    })
    expect(done.headers.get('set-cookie')).toMatch(/^millrace_session=; .*Max-Age=0/)
    for (const headers of [session, member.session, { authorization: `Bearer ${key}` }])
      expect((await ask('/v1/me', headers)).status).toBe(401)
    for (const address of [email, member.email]) {
      const signedIn = await post('/v1/auth/sign-in', { email: address, password: PASSWORD })
      expect(signedIn).toMatchObject({ status: 401, body: { code: 'sign_in_refused' } })
    }
    const late = await post('/v1/auth/sign-up', { email: guest, password: PASSWORD, invitation: token })
    expect(late).toMatchObject({ status: 410, body: { code: 'invitation_ended' } })
  })

  test('takes its deployments down, ends what runs, and makes its secrets unreadable for good', async () => {
    const { session, key } = await newOrganization()
    const organizationId = await organizationOf(session)
    const client = clientWith(key)
    await client.putSecrets({ params: { name: 'production' }, body: { secrets: { TOKEN: 'a secret to lose' } } })
    const { webhookPath, start, deploymentId } = await deployDocument(client, {
      name: 'waits',
      triggers: [{ type: 'webhook', method: ['POST'], authentication: { type: 'none' } }, { type: 'manual' }],
      stages: [{ id: 'wait', component: 'wait_for_signal', config: { signal: 'go', timeout_seconds: 3_600 } }],
    })
    const id = await start()
    await until(client, id, (status) => status === 'waiting')
    expect((await send(webhookPath, { method: 'POST' })).status).toBe(200)
    const sealed = await env.DB.prepare(
      "SELECT environment_id AS place, sealed FROM variables WHERE name = 'TOKEN' AND environment_id IN (SELECT id FROM environments WHERE organization_id = ?)",
    )
      .bind(organizationId)
      .first<{ place: string; sealed: string }>()
    const purpose = `secret|${organizationId}|${sealed?.place}|TOKEN|1`
    expect(await freshVault().open(purpose, sealed?.sealed ?? '')).toBe('a secret to lose')
    expect((await remove(session, named('Example'))).status).toBe(202)
    expect((await send(webhookPath, { method: 'POST' })).status).toBe(404)
    expect(await freshVault().open(purpose, sealed?.sealed ?? '')).toBeNull()
    await expect(freshVault().seal(purpose, 'x')).rejects.toThrow('destroyed')
    const status = env.DB.prepare('SELECT status FROM deployments WHERE id = ?').bind(deploymentId)
    expect(await status.first()).toEqual({ status: 'undeployed' })
    const row = env.DB.prepare('SELECT status FROM executions WHERE organization_id = ? AND id = ?')
    await expect
      .poll(async () => (await row.bind(organizationId, id).first<{ status: string }>())?.status ?? 'gone')
      .toSatisfy((seen) => seen === 'gone' || (seen === 'cancelled' && isEnded(seen)))
  })

  test(
    'leaves no row and no object with its id, and another organization as it was',
    { timeout: 240_000 },
    async () => {
      const [gone, other] = [await newVictim(), await newVictim()]
      // The one row of it that asks the sweep for something.
      await env.DB.prepare('DELETE FROM purges WHERE organization_id = ?').bind(other.organizationId).run()
      const before = await other.snapshot()
      await manyRows(gone)
      await fillTablesOfPeople(gone.user.id, gone.word)
      expect(await placesOf(gone.organizationId)).not.toEqual([])
      expect((await remove(gone.session, named(gone.word))).status).toBe(202)
      const report = await sweepAway(gone.organizationId)
      expect(report).toMatchObject({ auditSeq: expect.any(Number), auditHash: expect.stringMatching(/^[0-9a-f]{64}$/) })
      expect(await placesOf(gone.organizationId)).toEqual([])
      expect(await placesOf(gone.word)).toEqual([])
      expect(await placesOf(gone.email)).toEqual([])
      expect(await placesOf(gone.user.id)).toEqual([])
      expect(await other.snapshot()).toEqual(before)
    },
  )

  test('goes on after any step that broke off', { timeout: 120_000 }, async () => {
    const gone = await newVictim()
    expect((await remove(gone.session, named(gone.word))).status).toBe(202)
    const { organizations } = removing
    const failing = () => Promise.reject(new Error('broke off'))
    for (const more of [
      { deployments: (() => ({ activate: failing, purge: failing })) as never },
      { custodian: { shred: failing } },
      { cleaner: { clear: failing } },
      { organizations: { ...organizations, removeMember: failing } },
      { organizations: { ...organizations, clearAudit: failing } },
      { organizations: { ...organizations, end: failing } },
    ] satisfies Partial<RemoveDeps>[]) {
      for (let round = 0; round < 8; round++) await sweep(Date.now() + SETTLE_MS + round, more)
      expect(told('organization_removed', gone.organizationId)).toEqual([])
      expect((await env.DB.prepare('SELECT id FROM removed_organizations').all()).results).toContainEqual({
        id: gone.organizationId,
      })
    }
    expect(told('organization_removal_failed', gone.organizationId).length).toBeGreaterThan(8)
    await sweepAway(gone.organizationId)
    expect(await placesOf(gone.organizationId)).toEqual([])
  })

  test('takes accounts along that belong nowhere else; they may sign up again, and others keep theirs', async () => {
    const owner = await newOrganization()
    await post('/v1/auth/verify', { token: await tokenTo(owner.email, 'verify-email') })
    const elsewhere = await newOrganization()
    const invitation = await invited(owner.session, elsewhere.email, 'viewer')
    expect((await post('/v1/invitations/accept', { token: invitation }, elsewhere.session)).status).toBe(200)
    const organizationId = await organizationOf(owner.session)
    expect((await remove(owner.session, named('Example'))).status).toBe(202)
    await sweepAway(organizationId)
    const again = { email: owner.email, password: PASSWORD, organizationName: 'Once more' }
    expect((await post('/v1/auth/sign-up', again)).status).toBe(201)
    const signedIn = await post('/v1/auth/sign-in', { email: elsewhere.email, password: PASSWORD })
    expect(signedIn).toMatchObject({ status: 200, body: { organizations: [{ name: 'Example', role: 'owner' }] } })
    expect(await newKey(elsewhere.session, ['workflows:read'])).toMatch(/^mr_/)
  })
})

type Named = { readonly name: string }
type Column = Named & { readonly type: string; readonly notnull: number; readonly dflt_value: unknown }
type Reference = { readonly table: string; readonly from: string }

async function pragma<T>(name: string, table: string): Promise<readonly T[]> {
  return (await env.DB.prepare(`PRAGMA ${name}(${table})`).all<T>()).results
}

/** A row for every table that refers to people and to no organization, by asking the database: a new one is tried too. */
async function fillTablesOfPeople(userId: string, word: string): Promise<void> {
  const { results: tables } = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<Named>()
  for (const { name: table } of tables.filter(({ name }) => !/^(_cf_|sqlite_|d1_)/.test(name))) {
    const toUser = (await pragma<Reference>('foreign_key_list', table)).find((it) => it.table === 'users')?.from
    const columns = await pragma<Column>('table_info', table)
    if (toUser === undefined || columns.some(({ name }) => name === 'organization_id')) continue
    const given = columns.filter((it) => it.notnull === 1 && it.dflt_value === null)
    const values = given.map(({ name, type }) => (name === toUser ? userId : type === 'TEXT' ? word : 1))
    const names = given.map(({ name }) => name).join(', ')
    const insert = `INSERT OR IGNORE INTO ${table} (${names}) VALUES (${given.map(() => '?').join(', ')})`
    await env.DB.prepare(insert)
      .bind(...values)
      .run()
  }
}

/** More rows than one statement removes. */
async function manyRows({ organizationId }: Victim): Promise<void> {
  const numbers = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)'
  await env.DB.prepare(
    `INSERT INTO idempotency_records (organization_id, key, fingerprint, locked_until_at, expires_at)
     ${numbers} SELECT ?1, 'many-' || i, 'x', 0, 0 FROM n`,
  )
    .bind(organizationId)
    .run()
}

import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { parseDeploymentId } from '#core/model/deployment-id'
import type { Client } from '#core/contract/client'
import { PLAIN_SCOPES } from '#core/contract/scopes'
import type { ShardHandle } from '../../../worker/ports/shards'
import { isWaiting, linkIn, until } from '../api/deploy-document'
import { clientWith, newKey, newOrganization, send } from '../api/support'

/** Stands in every text of the organization nobody else may read. */
export const newWord = () => `quartz${crypto.randomUUID().replaceAll('-', '').slice(0, 12)}`
export const EVERY_SCOPE = [...PLAIN_SCOPES, 'deploy:*']

/** A document that says `word` wherever it can, and waits to be told to go on. */
function wordyDocument(name: string, word: string) {
  return {
    name,
    description: word,
    triggers: [{ type: 'manual' }, { type: 'webhook', method: ['POST'], authentication: { type: 'none' } }],
    stages: [
      { id: 'shape', component: 'transform', config: { value: `${word} {{ vars.${name} }}` } },
      { id: 'say', component: 'logger', config: { message: '{{ execution.signals["go"] }}' } },
      {
        id: 'wait',
        component: 'wait_for_signal',
        depends_on: ['say'],
        config: { signal: 'go', timeout_seconds: 3600 },
      },
    ],
    output: word,
  }
}

/**
 * An organization with a row of everything. `word` stands in every text that nobody else may read and is never sent; `name`
 * is what its things are called, which others may know.
 */
export async function newVictim() {
  const [word, name] = [newWord(), newWord()]
  const owner = await newOrganization()
  const key = await newKey(owner.session, EVERY_SCOPE, { name: word })
  const client = clientWith(key)
  const variables = { params: { name: 'production' }, body: { variables: { [name]: word } } }
  await client.putVariables(variables)
  await client.putSecrets({ params: { name: 'production' }, body: { secrets: { [`S_${name}`]: `${word}-secret` } } })
  const created = await client.createWorkflow({ body: { definition: wordyDocument(name, word), tags: [word] } })
  const workflowId = created.ok ? created.body.id : ''
  const body = { workflowId, environment: 'production', version: name, releaseNotes: word }
  const deployed = await client.deployWorkflow({ body })
  if (!deployed.ok || !('deploymentId' in deployed.body)) throw new Error(JSON.stringify(deployed))
  const { deploymentId, webhookUrl } = deployed.body
  const start = async (): Promise<string> => {
    const run = await client.runWorkflow({ body: { workflowId, input: { word }, tags: [word] } })
    if (!run.ok) throw new Error(JSON.stringify(run.problem))
    await until(client, run.body.executionId, isWaiting)
    return run.body.executionId
  }
  const [waiting, ended] = [await start(), await start()]
  await client.sendSignal({ params: { id: ended, name: 'go' }, body: { payload: word } })
  await until(client, ended, (status) => status === 'completed')
  const row = await env.DB.prepare('SELECT organization_id AS id FROM workflows WHERE id = ?').bind(workflowId).first()
  const organizationId = String(row?.['id'])
  await env.DB.prepare('UPDATE organizations SET name = ? WHERE id = ?').bind(word, organizationId).run()
  await indexed(organizationId)
  const webhookPath = new URL(webhookUrl ?? '').pathname
  const deliveryId = await refusedCall(client, { deploymentId, webhookPath, word })
  await fillTables(organizationId, owner.user.id, word)
  const { ids, unsent } = await idsOf(organizationId)
  const ref = parseDeploymentId(deploymentId) ?? ''
  // What housekeeping writes down the first time it comes by is written down before anybody looks.
  await (env.SHARDS.getByName(`dep:${ref}:0`) as unknown as ShardHandle).poke()
  await settled(() => snapshotOf(organizationId, ref))
  return {
    ...owner,
    name,
    word,
    key,
    client,
    organizationId,
    workflowId,
    deploymentId,
    ref,
    waiting,
    ended,
    webhookPath,
    signalPath: await linkIn(client, waiting),
    ids: [...ids, name, deliveryId],
    /** What no call of a stranger says, and no answer to one may. */
    words: [word, owner.email, ...unsent],
    snapshot: () => snapshotOf(organizationId, ref),
  }
}

export type Victim = Awaited<ReturnType<typeof newVictim>>

/** A call of the webhook that starts nothing, and waits until it is remembered; its id. */
async function refusedCall(
  client: Client,
  { deploymentId, webhookPath, word }: Readonly<Record<'deploymentId' | 'webhookPath' | 'word', string>>,
): Promise<string> {
  await (await send(webhookPath, { method: 'PUT', headers: { 'x-note': word } })).text()
  for (;;) {
    const listed = await client.listDeliveries({ params: { id: deploymentId } })
    const [delivery] = listed.ok ? listed.body.items : []
    if (delivery !== undefined) return delivery.id
    await scheduler.wait(50)
  }
}

/** Waits until the index knows of both executions and how they stand. */
async function indexed(organizationId: string): Promise<void> {
  const count = 'SELECT COUNT(*) AS n FROM executions WHERE organization_id = ? AND status IN (?, ?)'
  for (;;) {
    const seen = await env.DB.prepare(count).bind(organizationId, 'waiting', 'completed').first<{ n: number }>()
    if (seen?.n === 2) return
    await scheduler.wait(50)
  }
}

/** Waits until what objects and index do afterwards is done. */
async function settled(look: () => Promise<readonly string[]>): Promise<void> {
  for (let last = ''; ;) {
    const now = JSON.stringify(await look())
    if (now === last) return
    last = now
    await scheduler.wait(1_000)
  }
}

type Column = { readonly name: string; readonly type: string; readonly notnull: number; readonly dflt_value: unknown }

async function columnsOf(table: string): Promise<readonly Column[]> {
  return (await env.DB.prepare(`PRAGMA table_info(${table})`).all<Column>()).results
}

/** Tables with rows of organizations, by asking the database: a new one is there without being named here. */
export async function tablesOfOrganizations(): Promise<readonly string[]> {
  const { results } = await env.DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all<{
    name: string
  }>()
  const names = results.map(({ name }) => name).filter((name) => !/^(_cf_|sqlite_|d1_)/.test(name))
  const owned = await Promise.all(
    names.map(async (name) => (await columnsOf(name)).some((column) => column.name === 'organization_id')),
  )
  return names.filter((_, i) => owned[i])
}

async function rowsOf(table: string, organizationId: string): Promise<readonly Record<string, unknown>[]> {
  const select = `SELECT * FROM ${table} WHERE organization_id = ?`
  return (await env.DB.prepare(select).bind(organizationId).all<Record<string, unknown>>()).results
}

/** A row for every table that has none of the organization yet, so that a table nobody thought of here is tried too. */
async function fillTables(organizationId: string, userId: string, word: string): Promise<void> {
  for (const table of await inOrderOfReference(await tablesOfOrganizations())) {
    if ((await rowsOf(table, organizationId)).length > 0) continue
    const columns = (await columnsOf(table)).filter(
      ({ notnull, dflt_value: preset }) => notnull === 1 && preset === null,
    )
    const references = await referencesOf(table)
    const row = new Map<string, unknown>([['organization_id', organizationId]])
    for (const { name, type } of columns) {
      const to = references.get(name)
      if (name === 'organization_id') continue
      if (to?.table === 'users') row.set(name, userId)
      else if (to !== undefined) row.set(name, (await rowsOf(to.table, organizationId))[0]?.[to.to])
      else if (type !== 'TEXT') row.set(name, Date.now() + 3_600_000)
      else row.set(name, name === 'id' ? `${PREFIXES[table] ?? 'row'}_${newWord()}` : word)
    }
    const marks = [...row].map(() => '?').join(', ')
    await env.DB.prepare(`INSERT INTO ${table} (${[...row.keys()].join(', ')}) VALUES (${marks})`)
      .bind(...row.values())
      .run()
  }
}

/** By column, what it refers to. */
async function referencesOf(table: string) {
  const list = env.DB.prepare(`PRAGMA foreign_key_list(${table})`)
  const { results } = await list.all<{ table: string; from: string; to: string }>()
  return new Map(results.map((reference) => [reference.from, reference]))
}

/** What others refer to comes before them. */
async function inOrderOfReference(tables: readonly string[]): Promise<readonly string[]> {
  const references = await Promise.all(tables.map(async (table) => [...(await referencesOf(table)).values()]))
  const depthOf = (table: string): number => {
    const to = references[tables.indexOf(table)] ?? []
    return Math.max(0, ...to.filter((it) => it.table !== table).map((it) => 1 + depthOf(it.table)))
  }
  return tables.toSorted((one, other) => depthOf(one) - depthOf(other))
}

const PREFIXES: Readonly<Record<string, string>> = { dead_letters: 'dl', invitations: 'inv', sessions: 'session' }

/** One id of every kind the organization has, from whatever stands in a column `id` or `…_id`; and all the others. */
async function idsOf(organizationId: string) {
  const all = new Set<string>()
  for (const table of await tablesOfOrganizations()) {
    for (const row of await rowsOf(table, organizationId)) {
      for (const [column, value] of Object.entries(row)) {
        if (typeof value === 'string' && value.includes('_') && /(^|_)(id|prefix|hash)$/.test(column)) all.add(value)
      }
    }
  }
  const ids = new Map([...all].map((id) => [/^[a-z]+_/.exec(id)?.[0] ?? '', id]))
  const sent = new Set(ids.values())
  return { ids: [...sent], unsent: [...all].filter((id) => !sent.has(id)) }
}

/** Everything kept of an organization, a line each: its rows, the objects of its deployment, and what lies in the bucket. */
async function snapshotOf(organizationId: string, ref: string): Promise<readonly string[]> {
  const tables = [...(await tablesOfOrganizations())]
  const rows = await Promise.all(
    tables.map(async (table) => (await rowsOf(table, organizationId)).map((row) => `${table} ${JSON.stringify(row)}`)),
  )
  const own = await env.DB.prepare('SELECT * FROM organizations WHERE id = ?').bind(organizationId).first()
  const objects = [
    env.DEPLOYMENTS.getByName(`dep:${ref}`),
    env.SHARDS.getByName(`dep:${ref}:0`),
    env.SLOTS.getByName(`org:${organizationId}`),
  ]
  const { objects: kept } = await env.BUCKET.list({ limit: 1_000 })
  const stored = kept.filter(({ key }) => key.includes(ref)).map(({ key, etag }) => `${key} ${etag}`)
  return [...rows.flat(), JSON.stringify(own), ...(await Promise.all(objects.map(linesIn))).flat(), ...stored]
}

function linesIn(stub: DurableObjectStub): Promise<readonly string[]> {
  return runInDurableObject(stub, (_, { storage }) => {
    const tables = storage.sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").toArray()
    return tables
      .filter(({ name }) => !name.startsWith('_cf'))
      .flatMap(({ name }) =>
        [...storage.sql.exec(`SELECT * FROM "${name}"`).raw()].map((row) => `${name} ${plain(row)}`),
      )
  })
}

const plain = (row: readonly SqlStorageValue[]) =>
  JSON.stringify(row.map((value) => (value instanceof ArrayBuffer ? [...new Uint8Array(value)].join(' ') : value)))

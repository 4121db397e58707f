import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, test } from 'vitest'
import { createClient } from '#core/contract/client'
import { parseDeploymentId } from '#core/model/deployment-id'
import { createEnvelopeVault } from '../../../worker/adapters/crypto/envelope-vault'
import { parseMasterKeys } from '../../../worker/adapters/crypto/master-keys'
import { createSweepCursor } from '../../../worker/adapters/d1/sweep-cursor'
import { createKeyRings } from '../../../worker/adapters/r2/key-rings'
import { compose } from '../../../worker/compose'
import { rewrap, type RewrapDeps } from '../../../worker/cron/rewrap'
import type { Bindings } from '../../../worker/env'
import type { RingOwner } from '../../../worker/ports/key-rings'
import { deployDocument, isEnded, until } from '../api/deploy-document'
import { ALL_SCOPES, newOrganization, ORIGIN, send } from '../api/support'

const EXECUTIONS = 1_000
const AT_ONCE = 10
const OLD = `1:${btoa('m'.repeat(32))}`
const NEW = `2:${btoa('n'.repeat(32))}`

/** The Worker as it is started with these master keys, called with a key or with whichever is the newest. */
function workerUnder(masterKeys: string, token: string | (() => string)) {
  const bindings = { ...env, MASTER_KEY: '', MASTER_KEYS: masterKeys } as unknown as Bindings
  const { app } = compose(bindings, (work) => void work.catch(() => undefined))
  const [masters, rings] = [parseMasterKeys('', masterKeys), createKeyRings(env.BUCKET)]
  const rewrapping: RewrapDeps = {
    newest: masters.byVersion.size > 1 ? masters.newest : null,
    rings,
    custodian: createEnvelopeVault({ masters, rings, clock: Date.now }),
    cursor: createSweepCursor(env.DB, 'rewrap'),
    report: () => undefined,
  }
  const client = createClient({
    fetch: async (url, init) => {
      const request = new Request(url, init)
      request.headers.set('authorization', `Bearer ${typeof token === 'string' ? token : token()}`)
      return app.fetch(request)
    },
    baseUrl: ORIGIN,
  })
  return { client, rewrapping }
}

/** An API key that is replaced again and again; the old ones live on for a minute. */
async function rotatingKey({ session }: { readonly session: Record<string, string> }) {
  const call = async (path: string, body: object) => {
    const answer = await send(path, { method: 'POST', headers: session, body: JSON.stringify(body) })
    if (answer.status !== 201) throw new Error(await answer.text())
    return answer.json<{ id: string; key: string }>()
  }
  let newest = await call('/v1/keys', { name: 'rotating', scopes: ALL_SCOPES })
  return {
    key: () => newest.key,
    rotate: async () => {
      newest = await call(`/v1/keys/${newest.id}/rotate`, { overlapSeconds: 60 })
    },
  }
}

async function signIn({ email, password }: { readonly email: string; readonly password: string }): Promise<number> {
  const headers = { 'content-type': 'application/json' }
  const answer = await send('/v1/auth/sign-in', { method: 'POST', headers, body: JSON.stringify({ email, password }) })
  return answer.status
}

/** Other tests run on with one master key. */
const onlyFor = (organizationId: string, deps: RewrapDeps): RewrapDeps => ({
  ...deps,
  rings: {
    owners: async () =>
      (await deps.rings.owners(organizationId.slice(0, -1), 1)).filter((it) => it.organizationId === organizationId),
  },
})

async function organizationOf(workflowId: string): Promise<string> {
  const row = await env.DB.prepare('SELECT organization_id AS id FROM workflows WHERE id = ?')
    .bind(workflowId)
    .first<{ id: string }>()
  return row?.id ?? ''
}

const document = {
  name: 'with-secret',
  stages: [{ id: 'read', component: 'transform', config: { value: '{{ sha256(secrets.TOKEN) }}' } }],
}

test('executions go on while master key and API keys are rotated and people sign in: none of a thousand fails (S-05)', async () => {
  const owner = await newOrganization()
  const { key, rotate: rotateKey } = await rotatingKey(owner)
  const signIns: Promise<number>[] = []
  const before = workerUnder(OLD, key)
  await before.client.putSecrets({ params: { name: 'production' }, body: { secrets: { TOKEN: 'a secret to read' } } })
  const { workflowId } = await deployDocument(before.client, document)
  const organizationId = await organizationOf(workflowId)
  /** The versions of the Worker that answer now: during a rollout the last one and the next one. */
  let serving = [before.client]
  const outcomes: Record<string, number> = {}
  let started = 0
  const work = async () => {
    while (started < EXECUTIONS) {
      const client = serving[started++ % serving.length]!
      const run = await client.runWorkflow({ body: { workflowId, input: {}, wait: true } })
      const word = run.ok ? run.body.status : run.problem.code
      outcomes[word] = (outcomes[word] ?? 0) + 1
    }
  }
  const reached = async (share: number) => {
    await expect.poll(() => started, { timeout: 240_000 }).toBeGreaterThan(EXECUTIONS * share)
    signIns.push(signIn(owner), signIn(owner))
    await rotateKey()
  }
  const rotate = async () => {
    await reached(0.1)
    const knowing = workerUnder(`${OLD},${NEW}`, key)
    serving = [before.client, knowing.client]
    await reached(0.3)
    const wrapping = workerUnder(`${NEW},${OLD}`, key)
    serving = [knowing.client, wrapping.client]
    await reached(0.5)
    expect(await rewrap(onlyFor(organizationId, wrapping.rewrapping))).toBe(1)
    // Isolates that have read nothing yet.
    serving = [workerUnder(`${OLD},${NEW}`, key).client, workerUnder(`${NEW},${OLD}`, key).client]
    await reached(0.8)
    serving = [workerUnder(`${NEW},${OLD}`, key).client, workerUnder(NEW, key).client]
  }
  await Promise.all([rotate(), ...Array.from({ length: AT_ONCE }, work)])
  expect(outcomes).toEqual({ completed: EXECUTIONS })
  expect(await Promise.all(signIns)).toEqual(Array.from({ length: 8 }, () => 200))
})

test('the sweep goes round all rings in steps of two hundred, and skips those that are up to date', async () => {
  const owners: RingOwner[] = Array.from({ length: 450 }, (_, i) => ({
    organizationId: `org_${String(i).padStart(3, '0')}`,
    master: i % 3 === 0 ? 2 : 1,
  }))
  const touched: string[] = []
  let after = ''
  const deps = {
    newest: 2,
    rings: {
      owners: async (from: string, limit: number) =>
        owners.filter(({ organizationId }) => organizationId > from).slice(0, limit),
    },
    custodian: {
      rewrap: async (id: string) => {
        touched.push(id)
        return 'rewrapped' as const
      },
    },
    cursor: {
      read: async () => after,
      move: async (to: string) => {
        after = to
      },
    },
    report: () => undefined,
  }
  const steps = [await rewrap(deps), await rewrap(deps), await rewrap(deps)]
  expect(steps).toEqual([133, 133, 34])
  expect(new Set(touched).size).toBe(300)
  expect(after).toBe('')
  expect(await rewrap({ ...deps, newest: null })).toBe(0)
})

describe('a master key that is taken away too early', () => {
  const VALUE = 'a secret to read'
  /** Sealed under a key that the Worker of all other tests does not have. */
  async function sealedElsewhere(triggers: readonly object[] = [{ type: 'manual' }]) {
    const { key } = await newOrganization()
    const { client } = workerUnder(NEW, key)
    await client.putSecrets({ params: { name: 'production' }, body: { secrets: { TOKEN: VALUE } } })
    return {
      client,
      without: workerUnder(OLD, key).client,
      ...(await deployDocument(client, { ...document, triggers })),
    }
  }
  const named = {
    code: 'secret_unreadable',
    path: '/environment',
    message: "The secret 'TOKEN' of production cannot be opened.",
    hint: expect.stringContaining('Set TOKEN again'),
  }

  it('refuses a run and names the secret, never its value (S-06)', async () => {
    const { client, without, workflowId } = await sealedElsewhere()
    const run = await without.runWorkflow({ body: { workflowId, input: {}, wait: true } })
    expect(run).toMatchObject({
      status: 503,
      problem: { code: 'environment_unavailable', detail: expect.stringContaining('TOKEN'), issues: [named] },
    })
    expect(JSON.stringify(run)).not.toContain(VALUE)
    const batch = await without.runBatch({ body: { workflowId, items: [{ input: {} }] } })
    expect(batch).toMatchObject({ body: { items: [{ error: { code: 'environment_unavailable' } }] } })
    expect(await client.runWorkflow({ body: { workflowId, input: {}, wait: true } })).toMatchObject({
      body: { status: 'completed' },
    })
  })

  const failed = {
    status: 'failed',
    error: { code: 'environment_unavailable', message: expect.stringContaining('TOKEN') },
  }

  it('fails what was accepted before with a reason, and runs nothing without its secret (S-06)', async () => {
    const { client, start } = await sealedElsewhere()
    expect(await until(client, await start(), isEnded)).toMatchObject(failed)
  })

  it('fails what a schedule starts with the same reason (S-06)', async () => {
    const leapDays = { type: 'schedule', cron: '0 0 29 2 *', timezone: 'UTC' }
    const { client, workflowId, deploymentId } = await sealedElsewhere([leapDays])
    const deployment = env.DEPLOYMENTS.getByName(`dep:${parseDeploymentId(deploymentId)}`)
    await runInDurableObject(deployment, (_object, { storage }) => {
      storage.sql.exec('UPDATE schedule SET next_at = ?', Date.now() - 1)
    })
    await deployment.poke()
    const listed = async () => {
      const answer = await client.listExecutions({ query: { workflowId } })
      return answer.ok ? answer.body.items : []
    }
    await expect.poll(listed).toMatchObject([{ trigger: 'schedule', status: 'failed' }])
    const id = (await listed())[0]?.executionId ?? ''
    expect(await until(client, id, isEnded)).toMatchObject(failed)
  })

  it('closes its webhooks until it is back (S-06)', async () => {
    const { webhookPath } = await sealedElsewhere([
      { type: 'webhook', method: ['POST'], authentication: { type: 'bearer', token: '{{ secrets.TOKEN }}' } },
    ])
    const answer = await send(webhookPath, { method: 'POST', headers: { authorization: `Bearer ${VALUE}` } })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '60'])
    expect(await answer.text()).not.toContain('TOKEN')
  })

  it('lets nothing be sealed in the meantime, tests and secrets alike (S-06)', async () => {
    const { without, workflowId } = await sealedElsewhere()
    const place = { params: { name: 'production' } }
    const refused = { status: 503, problem: { code: 'unavailable', detail: expect.stringContaining('master key') } }
    expect(await without.putSecrets({ ...place, body: { secrets: { TOKEN: 'another one' } } })).toMatchObject(refused)
    expect(
      await without.testWorkflow({ params: { id: workflowId }, body: { input: {}, environment: 'production' } }),
    ).toMatchObject(refused)
  })
})

test('a vault says which organizations are under which master key', async () => {
  const organizationId = `org_${crypto.randomUUID()}`
  const rings = createKeyRings(env.BUCKET)
  const vault = createEnvelopeVault({ masters: parseMasterKeys('', `${NEW},${OLD}`), rings, clock: Date.now })
  await vault.seal(`secret|${organizationId}|x`, 'text')
  const [before] = await rings.owners(organizationId.slice(0, -1), 1)
  expect(before).toEqual({ organizationId, master: 2 })
})

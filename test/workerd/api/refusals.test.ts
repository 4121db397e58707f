import { describe, expect, test } from 'vitest'
import { clientWith, newOrganization, sampleDefinition, send } from './support'
import { readText } from '../../../worker/http/read-json'

async function posting() {
  const { key } = await newOrganization()
  return (path: string, body: string, headers: Record<string, string> = {}) =>
    send(path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body,
    })
}

describe('bad input', () => {
  test('a key written twice is refused with its place', async () => {
    const post = await posting()
    const answer = await post('/v1/workflows', '{"name":"a","definition":{"name":"x","name":"y"}}')
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'duplicate_key', issues: [{ path: '/definition/name' }] })
  })

  test('more than 64 levels are refused', async () => {
    const post = await posting()
    const answer = await post('/v1/workflows', `{"definition":{"a":${'['.repeat(70)}${']'.repeat(70)}}}`)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'too_deep' })
  })

  test('more than 1 MiB is refused, whether the length is declared or not', async () => {
    const post = await posting()
    const large = JSON.stringify({ name: 'x', definition: { name: 'x'.repeat(1_100_000) } })
    expect((await post('/v1/workflows', large)).status).toBe(413)
  })

  test('a body that breaks off is its sender’s doing: it is refused and not reported as a fault', async () => {
    const body = new ReadableStream({ pull: (stream) => stream.error(new Error('Network connection lost.')) })
    const request = new Request('https://millrace.example/v1/workflows', { method: 'POST', body })
    await expect(readText(request)).rejects.toMatchObject({ code: 'body_incomplete' })
  })

  test('a filter that is written twice is refused: one of its values would be left out without a word', async () => {
    const { key } = await newOrganization()
    const headers = { authorization: `Bearer ${key}` }
    const answer = await send('/v1/executions?status=failed&limit=5&status=timed_out', { headers })
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({
      code: 'request_invalid',
      issues: [{ code: 'duplicate_key', path: '/query/status' }],
    })
  })

  test('headers over 32 KB are refused', async () => {
    const post = await posting()
    const answer = await post('/v1/workflows', '{}', { 'x-padding': 'x'.repeat(33_000) })
    expect(answer.status).toBe(431)
    expect(await answer.json()).toMatchObject({ code: 'headers_too_large' })
  })

  test('a form, which curl sends when nobody says otherwise, is refused with the remedy', async () => {
    const post = await posting()
    const answer = await post('/v1/workflows/run', '{}', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(answer.status).toBe(415)
    expect(await answer.json()).toMatchObject({ hint: 'Send Content-Type: application/json, uncompressed.' })
  })

  test('everything wrong with a document is said in one pass, with places in the request', async () => {
    const post = await posting()
    const definition = { name: 'x', stages: [{ id: 'a', component: 'trnsform', depends_on: ['nope'], config: {} }] }
    const answer = await post('/v1/workflows/validate', JSON.stringify({ definition }))
    expect(answer.status).toBe(200)
    const { valid, issues } = await answer.json<{ valid: boolean; issues: { code: string; path: string }[] }>()
    expect(valid).toBe(false)
    expect(issues.map((issue) => issue.path)).toEqual(
      expect.arrayContaining(['/definition/stages/0/component', '/definition/stages/0/depends_on/0']),
    )
  })

  test('YAML is read as well, and broken YAML is a finding', async () => {
    const post = await posting()
    const source =
      'name: y\ntriggers: [{ type: manual }]\nstages:\n  - id: a\n    component: transform\n    config: { value: 1 }\n'
    expect(await (await post('/v1/workflows/validate', JSON.stringify({ source }))).json()).toEqual({
      valid: true,
      issues: [],
    })
    const broken = await (await post('/v1/workflows/validate', JSON.stringify({ source: 'a: [1' }))).json()
    expect(broken).toMatchObject({ valid: false, issues: [{ severity: 'error' }] })
  })
})

describe('drafts', () => {
  test('an invalid draft is saved with its findings and refused when it is published', async () => {
    const client = clientWith((await newOrganization()).key)
    const created = await client.createWorkflow({ body: { name: 'half', definition: { stages: [] } } })
    expect(created).toMatchObject({ ok: true, status: 201, body: { name: 'half', status: 'draft', revision: 1 } })
    const workflowId = created.ok ? created.body.id : ''
    expect(created.ok && created.body.issues.length).toBeGreaterThan(0)
    const published = await client.publishVersion({ params: { id: workflowId } })
    expect(published).toMatchObject({ ok: false, status: 422, problem: { code: 'definition_invalid' } })
    const deployed = await client.deployWorkflow({ body: { workflowId, environment: 'production' } })
    expect(deployed).toMatchObject({ ok: false, status: 422, problem: { code: 'deploy_refused' } })
  })

  test('a stale revision is refused with the current one, and a name belongs to one workflow', async () => {
    const client = clientWith((await newOrganization()).key)
    const created = await client.createWorkflow({ body: { definition: sampleDefinition('one') } })
    const id = created.ok ? created.body.id : ''
    const save = (revision: number, name?: string) =>
      client.saveWorkflow({
        params: { id },
        body: { definition: sampleDefinition('one'), revision, ...(name === undefined ? {} : { name }) },
      })
    expect(await save(1)).toMatchObject({ ok: true, body: { revision: 2 } })
    expect(await save(1)).toMatchObject({
      ok: false,
      status: 409,
      problem: { code: 'revision_conflict', currentRevision: 2 },
    })
    expect(await client.createWorkflow({ body: { definition: sampleDefinition('one') } })).toMatchObject({
      ok: false,
      status: 409,
      problem: { code: 'name_taken' },
    })
    await client.createWorkflow({ body: { definition: sampleDefinition('two') } })
    expect(await save(2, 'two')).toMatchObject({ ok: false, status: 409, problem: { code: 'name_taken' } })
    expect(await save(2, 'three')).toMatchObject({ ok: true, body: { name: 'three', revision: 3 } })
  })

  test('a version is numbered, may have one tag, and is compared in words', async () => {
    const client = clientWith((await newOrganization()).key)
    const definition = sampleDefinition('versions')
    const created = await client.createWorkflow({ body: { definition } })
    const id = created.ok ? created.body.id : ''
    const publish = (tag?: string) => client.publishVersion({ params: { id }, body: tag === undefined ? {} : { tag } })
    expect(await publish()).toMatchObject({
      ok: true,
      status: 201,
      body: { number: 1, version: 'v1', needs: { components: ['transform'] } },
    })
    definition.stages[0]!.config.value.by = 'second'
    await client.saveWorkflow({ params: { id }, body: { definition, revision: 1 } })
    expect(await publish('v1.2.0')).toMatchObject({ ok: true, body: { number: 2, version: 'v1.2.0' } })
    expect(await publish('v1.2.0')).toMatchObject({ ok: false, status: 409, problem: { code: 'tag_taken' } })
    expect(await publish('v7')).toMatchObject({ ok: false, status: 422 })
    expect(await client.getVersion({ params: { id, v: 'v1.2.0' } })).toMatchObject({
      ok: true,
      body: { number: 2, definition },
    })
    expect(await client.getVersion({ params: { id, v: '1' } })).toMatchObject({ ok: true, body: { version: 'v1' } })
    expect(await client.getVersion({ params: { id, v: 'v9' } })).toMatchObject({ ok: false, status: 404 })
    expect(await client.diffVersions({ params: { id, a: 'v1', b: 'v2' } })).toMatchObject({
      ok: true,
      body: {
        from: 'v1',
        to: 'v1.2.0',
        changes: [
          {
            kind: 'stage_changed',
            path: '/stages/shape/config/value/by',
            text: 'stage shape: value.by "v1" → "second"',
          },
        ],
      },
    })
  })

  test('lists are paged without repeating or losing anything', async () => {
    const client = clientWith((await newOrganization()).key)
    const names = ['a', 'b', 'c', 'd', 'e']
    for (const name of names) await client.createWorkflow({ body: { definition: sampleDefinition(name) } })
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await client.listWorkflows({ query: { limit: 2, ...(cursor === undefined ? {} : { cursor }) } })
      if (!page.ok) throw new Error(page.problem.detail)
      seen.push(...page.body.items.map((item) => item.name))
      cursor = page.body.nextCursor ?? undefined
    } while (cursor !== undefined)
    expect(seen.toSorted()).toEqual(names)
    expect(await client.listWorkflows({ query: { limit: 201 } })).toMatchObject({
      ok: false,
      problem: { issues: [{ path: '/query/limit' }] },
    })
  })
})

describe('Idempotency-Key', () => {
  test('a repeated call gets the stored answer, another body under the key is refused', async () => {
    const post = await posting()
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const body = JSON.stringify({ definition: sampleDefinition('once') })
    const first = await post('/v1/workflows', body, headers)
    expect(first.status).toBe(201)
    const second = await post('/v1/workflows', body, headers)
    expect(second.status).toBe(201)
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(second.headers.get('location')).toBe(first.headers.get('location'))
    expect(await second.json()).toEqual(await first.json())
    const other = await post('/v1/workflows', JSON.stringify({ definition: sampleDefinition('other') }), headers)
    expect(other.status).toBe(422)
    expect(await other.json()).toMatchObject({ code: 'idempotency_key_reused' })
  })

  test('of calls at the same time one is performed, the others wait or get its answer', async () => {
    const post = await posting()
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const body = JSON.stringify({ definition: sampleDefinition('at-once') })
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('/v1/workflows', body, headers)))
    for (const answer of answers) {
      expect([201, 409]).toContain(answer.status)
      if (answer.status === 409) expect(answer.headers.get('retry-after')).toBe('1')
    }
    expect(answers.some((answer) => answer.status === 201)).toBe(true)
    expect((await post('/v1/workflows', body, headers)).status).toBe(201)
  })

  test('a refused call is forgotten, so that it can be repeated once it is right', async () => {
    const post = await posting()
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const body = JSON.stringify({ workflowId: 'workflow_none', environment: 'production' })
    expect((await post('/v1/workflows/deploy', body, headers)).status).toBe(404)
    expect((await post('/v1/workflows/deploy', body, headers)).status).toBe(404)
  })

  test('keys of two organizations never meet, and an unusable key is refused', async () => {
    const [one, two] = [await posting(), await posting()]
    const headers = { 'idempotency-key': 'same-key' }
    const body = JSON.stringify({ definition: sampleDefinition('mine') })
    const [first, second] = [await one('/v1/workflows', body, headers), await two('/v1/workflows', body, headers)]
    expect(second.status).toBe(201)
    expect((await first.json<{ id: string }>()).id).not.toBe((await second.json<{ id: string }>()).id)
    expect((await one('/v1/workflows', body, { 'idempotency-key': 'x'.repeat(256) })).status).toBe(400)
  })
})

describe('retry', () => {
  test('what completed before the failed stage is kept, and is not done again', async () => {
    const client = clientWith((await newOrganization()).key)
    const definition = {
      name: 'fails',
      triggers: [{ type: 'manual' }],
      stages: [
        { id: 'first', component: 'transform', config: { value: 1 } },
        { id: 'second', component: 'transform', depends_on: ['first'], config: { value: 'text {{ input.absent }}' } },
      ],
    }
    const created = await client.createWorkflow({ body: { definition } })
    const workflowId = created.ok ? created.body.id : ''
    await client.deployWorkflow({ body: { workflowId, environment: 'production' } })
    const run = await client.runWorkflow({ body: { workflowId, wait: true } })
    expect(run).toMatchObject({ ok: true, status: 200, body: { status: 'failed', error: { stage: 'second' } } })
    const id = run.ok ? run.body.executionId : ''
    const retried = await client.retryExecution({ params: { id } })
    expect(retried).toMatchObject({ ok: true, status: 202, body: { replayOf: id } })
    const again = retried.ok ? retried.body.executionId : ''
    const read = async () => JSON.stringify(await client.getExecution({ params: { id: again } }))
    await expect.poll(read).toContain('"status":"failed"')
    const [before, after] = await Promise.all([
      client.getTrace({ params: { id } }),
      client.getTrace({ params: { id: again } }),
    ])
    const stages = (trace: typeof before) => (trace.ok ? trace.body.stages : [])
    expect(stages(after)[0]).toEqual(stages(before)[0])
    expect(stages(after)[1]?.startedAt).not.toBe(stages(before)[1]?.startedAt)
  })
})

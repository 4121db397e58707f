import { describe, expect, test } from 'vitest'
import { deployed } from './deployed'
import { clientWith, newOrganization, sampleDefinition, send } from './support'

describe('the tag a deploy gives', () => {
  test.each(['draft', 'version_abc', 'V3', ' spaced ', 'a\nb', '<script>', '\u0000'])(
    '%j is refused: nothing could find that version again',
    async (version) => {
      const { client, workflowId } = await deployed()
      const body = { workflowId, environment: 'staging', version }
      const refused = { status: 422, problem: { issues: [{ path: '/version' }] } }
      expect(await client.deployWorkflow({ body })).toMatchObject(refused)
      expect(await client.deployWorkflow({ body: { ...body, dryRun: true } })).toMatchObject(refused)
      expect(await client.listVersions({ params: { id: workflowId } })).toMatchObject({
        body: { items: [{ number: 1 }] },
      })
    },
  )

  test('of deploys of one new draft at once, one publishes and all go live', async () => {
    const client = clientWith((await newOrganization()).key)
    const created = await client.createWorkflow({ body: { definition: sampleDefinition('at once') } })
    const workflowId = created.ok ? created.body.id : ''
    const body = { workflowId, environment: 'staging' }
    const answers = await Promise.all(Array.from({ length: 6 }, () => client.deployWorkflow({ body })))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(await client.listVersions({ params: { id: workflowId } })).toMatchObject({
      body: { items: [{ number: 1 }] },
    })
  })

  test('of deploys of one draft under one new tag at once, one publishes and all go live', async () => {
    const { client, workflowId } = await deployed()
    const body = { workflowId, environment: 'staging', version: 'v1.0.0' }
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.deployWorkflow({ body })))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    const versions = await client.listVersions({ params: { id: workflowId } })
    expect(versions.ok && versions.body.items.map((item) => item.version)).toEqual(['v1.0.0', 'v1'])
  })
})

describe('a document', () => {
  test('is measured in bytes, also where aliases make it grow', async () => {
    const client = clientWith((await newOrganization()).key)
    const source = `name: grows\noutput: { x: &x "${'中'.repeat(80_000)}", y: [*x, *x, *x, *x] }`
    expect(await client.createWorkflow({ body: { source } })).toMatchObject({ status: 413 })
  })

  test('with more stages than there may be is refused at once', async () => {
    const client = clientWith((await newOrganization()).key)
    const stages = Array.from({ length: 12_000 }, (_, i) => ({ id: `s${i}`, component: 'nope', depends_on: [`q${i}`] }))
    const answer = await client.validateWorkflow({ body: { definition: { name: 'many', stages } } })
    expect(answer).toMatchObject({ body: { valid: false, issues: [{ path: '/definition/stages' }] } })
  })

  test('that is wrong in thousands of places is answered with the first thousand, and can be stored and repeated', async () => {
    const client = clientWith((await newOrganization()).key)
    const definition = Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`k${i}`, 1]))
    const call = { body: { name: 'wrong', definition }, idempotencyKey: crypto.randomUUID() }
    const [first, second] = [await client.createWorkflow(call), await client.createWorkflow(call)]
    expect(first.ok && first.body.issues.length).toBe(1_001)
    expect(first.ok && first.body.issues.at(-1)).toMatchObject({ code: 'too_many_findings', severity: 'error' })
    expect(second.ok && first.ok && second.body.id).toBe(first.ok && first.body.id)
  })

  test('names its workflow like anybody else would, and is told what is wrong with the name it has', async () => {
    const client = clientWith((await newOrganization()).key)
    const issueOf = async (definition: Record<string, unknown>) => {
      const created = await client.createWorkflow({ body: { definition } })
      return created.ok ? null : created.problem.issues[0]
    }
    expect(await issueOf(sampleDefinition('two\nlines'))).toMatchObject({
      path: '/definition/name',
      message: 'a name is one line of printable text',
    })
    expect(await issueOf(sampleDefinition('x'.repeat(201)))).toMatchObject({
      path: '/definition/name',
      message: expect.stringContaining('200'),
    })
    expect(await issueOf({})).toMatchObject({ path: '/name', message: "'name' is required" })
  })
})

describe('variables and secrets', () => {
  test('an empty secret is refused: whoever reads it would run without it', async () => {
    const client = clientWith((await newOrganization()).key)
    const answer = await client.putSecrets({ params: { name: 'production' }, body: { secrets: { TOKEN: '' } } })
    expect(answer).toMatchObject({ status: 422, problem: { issues: [{ path: '/secrets/TOKEN' }] } })
  })

  test('one call changes at most 200 names, and changes none when it asks for more', async () => {
    const client = clientWith((await newOrganization()).key)
    const named = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`V${i}`, 'x']))
    const put = (count: number) =>
      client.putVariables({ params: { name: 'production' }, body: { variables: named(count) } })
    expect(await put(201)).toMatchObject({ status: 422 })
    expect(await client.getVariables({ params: { name: 'production' } })).toMatchObject({ body: { variables: {} } })
    expect(await put(200)).toMatchObject({ ok: true })
  })
})

describe('a release', () => {
  test('that would not fit where it is stored is refused before anything is switched', async () => {
    const client = clientWith((await newOrganization()).key)
    const names = Array.from({ length: 40 }, (_, i) => `V${i}`)
    for (let i = 0; i < names.length; i += 10) {
      const variables = Object.fromEntries(names.slice(i, i + 10).map((name) => [name, 'x'.repeat(60_000)]))
      await client.putVariables({ params: { name: 'production' }, body: { variables } })
    }
    const output = names.map((name) => `{{ vars.${name} }}`)
    const created = await client.createWorkflow({ body: { definition: { ...sampleDefinition('heavy'), output } } })
    const workflowId = created.ok ? created.body.id : ''
    const answer = await client.deployWorkflow({ body: { workflowId, environment: 'production' } })
    expect(answer).toMatchObject({ status: 422, problem: { issues: [{ code: 'release_too_large' }] } })
    expect(await client.listDeployments({})).toMatchObject({ body: { items: [] } })
  })
})

describe('guessing a password', () => {
  test('is slowed down however the address is written', async () => {
    const { email } = await newOrganization()
    const signIn = (tries: number) => {
      const written = ' '.repeat(tries) + (tries % 2 === 0 ? email.toUpperCase() : email)
      const body = JSON.stringify({ email: written, password: 'not the password' })
      return send('/v1/auth/sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    }
    let tries = 0
    let answer = await signIn(0)
    // 20 a minute; the minute may change meanwhile.
    while (tries < 45 && answer.status === 401) answer = await signIn(++tries)
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBe('60')
    expect(answer.headers.get('ratelimit')).toBe('"default";r=0;t=60')
  })
})

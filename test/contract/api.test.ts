import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { API, type OperationName } from '#core/contract/api'
import { ERRORS } from '#core/contract/errors'
import type { Operation } from '#core/contract/operation'
import { Problem } from '#core/contract/problem'
import { ALL_SCOPES, clientWith, newKey, newOrganization, sampleDefinition, send } from '../workerd/api/support'

const operations = Object.entries<Operation>(API) as [OperationName, Operation][]
const guarded = operations.filter(([, operation]) => operation.scope !== 'public')
/** Those a key may make. */
const withBody = guarded.filter(([, { body, scope }]) => body !== undefined && scope !== 'owner')

/** A thing of another organization for every parameter a path can have. */
let foreign: Record<string, string>
let key: string
/** Keys for nearly nothing: what one may do the other may not. */
let scopeless: readonly [string, string]

beforeAll(async () => {
  const owner = await newOrganization()
  const client = clientWith(owner.key)
  const created = await client.createWorkflow({ body: { definition: sampleDefinition('foreign') } })
  const workflowId = created.ok ? created.body.id : ''
  const deployed = await client.deployWorkflow({ body: { workflowId, environment: 'production' } })
  const run = await client.runWorkflow({ body: { workflowId, input: { customerId: 'c' }, wait: true } })
  const keys = await client.listKeys({})
  const projects = await client.listProjects({})
  foreign = {
    workflows: workflowId,
    deployments: deployed.ok && 'deploymentId' in deployed.body ? deployed.body.deploymentId : '',
    'dead-letters': await deadLetterOf(workflowId),
    executions: run.ok ? run.body.executionId : '',
    keys: keys.ok ? (keys.body.items[0]?.id ?? '') : '',
    environments: 'nowhere',
    members: owner.user.id,
    projects: projects.ok ? (projects.body.items[0]?.id ?? '') : '',
  }
  const stranger = await newOrganization()
  key = stranger.key
  scopeless = [await newKey(stranger.session, ['audit:read']), await newKey(stranger.session, ['schedules:write'])]
})

/** A dead letter of the workflow's organization. */
async function deadLetterOf(workflowId: string): Promise<string> {
  const id = `dl_${workflowId.replace('workflow_', '')}`
  const insert = `INSERT INTO dead_letters (id, organization_id, kind, workflow_id, deployment_id, environment, shard, code, message, created_at)
    SELECT ?1, organization_id, 'doorbell', id, 'deploy_1', 'production', 0, 'doorbell_undelivered', '', 0 FROM workflows WHERE id = ?2`
  await env.DB.prepare(insert).bind(id, workflowId).run()
  return id
}

const BODIES: Partial<Record<OperationName, () => object>> = {
  saveWorkflow: () => ({ definition: sampleDefinition('x'), revision: 1 }),
  moveWorkflow: () => ({ projectId: foreign['projects'] }),
  deployWorkflow: () => ({ workflowId: foreign['workflows'], environment: 'production' }),
  runWorkflow: () => ({ workflowId: foreign['workflows'] }),
  scaleDeployment: () => ({ shards: 4 }),
  rollbackDeployment: () => ({ reason: 'x' }),
  putVariables: () => ({ variables: {} }),
  changeMember: () => ({ role: 'viewer' }),
  putSecrets: () => ({ secrets: {} }),
}

function pathOf(operation: Operation): string {
  const noun = operation.path.split('/')[2] ?? ''
  return operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'id' || name === 'name' ? (foreign[noun] ?? 'x') : 'v1',
  )
}

function call(operation: Operation, token: string | null, body: string | null = '{}'): Promise<Response> {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
  if (operation.body === undefined || body === null)
    return send(pathOf(operation), { method: operation.method, headers })
  headers['content-type'] = 'application/json'
  return send(pathOf(operation), { method: operation.method, headers, body })
}

async function problemOf(answer: Response) {
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const problem = Problem.parse(await answer.json())
  expect(ERRORS).toHaveProperty(problem.code)
  expect(problem.status).toBe(answer.status)
  expect(problem.type).toBe(`/docs/errors#${problem.code}`)
  expect(problem.requestId).toBe(answer.headers.get('x-request-id'))
  return problem
}

describe('every operation', () => {
  test('names the scope it needs', () => {
    for (const [, operation] of operations)
      expect(operation.scope).toMatch(/^(public|member|owner|[a-z]+:([a-z]+|\{environment\}))$/)
  })

  test('is one method of one address', () => {
    expect(new Set(operations.map(([, operation]) => `${operation.method} ${operation.path}`)).size).toBe(
      operations.length,
    )
  })

  test.each(guarded)('%s without credentials is 401 and says how to bring some', async (_, operation) => {
    const answer = await call(operation, null)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toContain('Bearer')
    expect((await problemOf(answer)).code).toBe('unauthorized')
  })

  test.each(guarded)('%s with a mistyped key is 401', async (_, operation) => {
    const answer = await call(operation, `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`)
    expect(answer.status).toBe(401)
    expect((await problemOf(answer)).code).toBe('credentials_invalid')
  })

  test.each(guarded.filter(([, operation]) => !['member', 'owner'].includes(operation.scope)))(
    '%s without its scope is 403 and names it',
    async (_, operation) => {
      const answer = await call(operation, scopeless[operation.scope === 'audit:read' ? 1 : 0])
      expect(answer.status).toBe(403)
      const problem = await problemOf(answer)
      expect(problem.code).toBe('missing_scope')
      expect(problem.detail).toContain(operation.scope.startsWith('deploy:') ? 'deploy:' : operation.scope)
    },
  )

  test.each(guarded.filter(([name, operation]) => operation.params !== undefined || name in BODIES))(
    "%s of another organization's thing is 404",
    async (name, operation) => {
      const answer = await call(operation, key, JSON.stringify(BODIES[name]?.() ?? {}))
      expect(answer.status).toBe(404)
      await problemOf(answer)
    },
  )

  test.each(withBody)('%s with an unknown key is 422 and names it', async (_, operation) => {
    const answer = await call(operation, key, '{"surprise":1}')
    expect(answer.status).toBe(422)
    const { issues } = await problemOf(answer)
    expect(issues.map((issue) => [issue.code, issue.path])).toContainEqual(['unknown_key', '/surprise'])
  })

  test.each(withBody)('%s with a body that is not JSON is 400, of another media type 415', async (_, operation) => {
    expect((await problemOf(await call(operation, key, '{"a":'))).code).toBe('malformed_json')
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/plain' }
    const answer = await send(pathOf(operation), { method: operation.method, headers, body: '{}' })
    expect(answer.status).toBe(415)
    await problemOf(answer)
  })
})

describe('the contract', () => {
  test('lists every operation, with its schemas', async () => {
    const document = await (
      await send('/v1/openapi.json')
    ).json<{ openapi: string; paths: Record<string, Record<string, unknown>> }>()
    expect(document.openapi).toBe('3.1.0')
    for (const [, operation] of operations)
      expect(document.paths[operation.path]).toHaveProperty(operation.method.toLowerCase())
  })

  test('names what a call that starts or ends something may be refused with, and leaves room for the rest', async () => {
    type Answers = Record<string, { description: string } | undefined>
    const { paths } = await (
      await send('/v1/openapi.json')
    ).json<{ paths: Record<string, Record<string, { responses: Answers }>> }>()
    const answers = (path: string) => paths[path]?.['post']?.responses ?? {}
    expect(answers('/v1/executions/{id}/cancel')['409']?.description).toContain('execution_finished')
    expect(answers('/v1/executions/{id}/retry')['409']?.description).toContain('execution_not_finished')
    expect(Object.keys(answers('/v1/workflows/run'))).toEqual(
      expect.arrayContaining(['404', '409', '422', '429', '503', 'default']),
    )
  })

  test('is explained by pages that load nothing from elsewhere', async () => {
    for (const path of ['/docs', '/docs/errors']) {
      const page = await send(path)
      expect(page.headers.get('content-type')).toContain('text/html')
      expect(page.headers.get('content-security-policy')).toContain("default-src 'self'")
      expect(await page.text()).not.toMatch(/(src|href)="https?:/)
    }
    const errors = await (await send('/docs/errors')).text()
    for (const code of Object.keys(ERRORS)) expect(errors).toContain(`id="${code}"`)
  })

  test('what was asked in the wrong place or way is a problem as well', async () => {
    const missing = await send('/v1/nothing')
    expect(missing.status).toBe(404)
    expect((await problemOf(missing)).code).toBe('route_unknown')
    const method = await send('/v1/workflows', { method: 'PATCH' })
    expect(method.status).toBe(405)
    expect(method.headers.get('allow')).toBe('POST, GET')
    expect((await problemOf(method)).code).toBe('method_not_allowed')
  })

  test('health answers without credentials', async () => {
    expect(await (await send('/health')).json()).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    })
  })

  test('every scope of the tests is one the table knows', () => {
    const known = new Set<string>(operations.map(([, operation]) => operation.scope))
    expect(ALL_SCOPES.filter((scope) => !scope.startsWith('deploy:') && !known.has(scope))).toEqual([])
  })
})

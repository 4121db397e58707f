import { describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import type { Operation } from '#core/contract/operation'
import { PROJECT_ROLES, projectScopes, ROLE_SCOPES } from '#core/contract/scopes'
import { sampleOf } from '../tenancy/places'
import { ask, type Headers, newMember, post, verifiedOrganization } from './people'
import { ALL_SCOPES, newKey, sampleDefinition } from './support'

const idOf = ({ body }: { body: Record<string, unknown> }) => String(body['id'])
const missingScope = { status: 403, body: { code: 'missing_scope' } }

const ANYTHING = { environment: 'staging', revision: 1, items: [{}], shards: 1, input: {} }

/** The calls a role in a project can allow to who only looks elsewhere. */
const raised = Object.entries<Operation>(API).filter(([, { scope }]) => {
  const needed = scope === 'deploy:{environment}' ? 'deploy:*' : scope
  return (projectScopes('deployer') as readonly string[]).includes(needed)
})

/** A viewer of the organization with a role in one of its two projects, each with a workflow. */
async function twoPlaces(role: string | null) {
  const owner = await verifiedOrganization()
  const member = await newMember(owner.session, 'viewer')
  const [billing, reports] = await Promise.all(
    ['billing', 'reports'].map(async (name) => {
      const projectId = idOf(await post('/v1/projects', { name }, owner.session))
      const workflow = { definition: sampleDefinition(`in ${name}`), projectId }
      return { projectId, workflowId: idOf(await post('/v1/workflows', workflow, owner.session)) }
    }),
  )
  if (billing === undefined || reports === undefined) throw new Error('Two were made.')
  const door = `/v1/projects/${billing.projectId}/members/${member.id}`
  expect((await post(door, { role }, owner.session, 'PUT')).status).toBe(204)
  return { owner, member, billing, reports, door }
}

const save = (session: Headers, workflowId: string, more: object = {}) =>
  post(
    `/v1/workflows/${workflowId}`,
    { definition: sampleDefinition(workflowId), revision: 1, ...more },
    session,
    'PUT',
  )
const move = (session: Headers, workflowId: string, projectId: string) =>
  post(`/v1/workflows/${workflowId}`, { projectId }, session, 'PATCH')
const deploy = (session: Headers, workflowId: string) =>
  post('/v1/workflows/deploy', { workflowId, environment: 'staging' }, session)
const run = (session: Headers, workflowId: string) =>
  post('/v1/workflows/run', { workflowId, input: { customerId: 'c' } }, session)

describe('a role in a project', () => {
  test.each([
    ['without what the role allows', ['members:write'], {}, 'role_too_high'],
    ['that is limited to an environment', ALL_SCOPES, { environments: ['staging'] }, 'missing_scope'],
  ])('is not given by a key %s, nor is a project changed (S112)', async (_, scopes, limits, code) => {
    const { owner, member, door, billing } = await twoPlaces('runner')
    const key = { authorization: `Bearer ${await newKey(owner.session, scopes, limits)}` }
    const headers = { ...key, 'content-type': 'application/json' }
    expect(await post(door, { role: 'deployer' }, headers, 'PUT')).toMatchObject({ status: 403, body: { code } })
    expect(await deploy(member.session, billing.workflowId)).toMatchObject(missingScope)
    if (code !== 'missing_scope') return
    const refusals = [
      await post('/v1/projects', { name: 'new' }, headers),
      await post(`/v1/projects/${billing.projectId}`, { restricted: true }, headers, 'PATCH'),
      await ask(`/v1/projects/${billing.projectId}`, key, 'DELETE'),
      await ask(door, key, 'DELETE'),
    ]
    expect(refusals.map(({ body }) => body['code'])).toEqual(refusals.map(() => code))
  })

  test('allows there what the role in the organization does not, and nothing elsewhere (S112)', async () => {
    const { owner, member, billing, reports } = await twoPlaces('deployer')
    for (const { workflowId } of [billing, reports]) expect((await deploy(owner.session, workflowId)).status).toBe(200)
    expect((await deploy(member.session, billing.workflowId)).status).toBe(200)
    expect((await run(member.session, billing.workflowId)).status).toBe(202)
    expect((await save(member.session, billing.workflowId)).status).toBe(200)
    for (const act of [deploy, run, save])
      expect(await act(member.session, reports.workflowId)).toMatchObject(missingScope)
  })

  test('reaches as far as the role and no further (S112)', async () => {
    const { owner, member, billing } = await twoPlaces('runner')
    await deploy(owner.session, billing.workflowId)
    expect((await run(member.session, billing.workflowId)).status).toBe(202)
    for (const act of [deploy, save]) expect(await act(member.session, billing.workflowId)).toMatchObject(missingScope)
  })

  test('makes workflows there and moves none out of it or into it', async () => {
    const { owner, member, billing, reports } = await twoPlaces('editor')
    const create = (more: object) =>
      post('/v1/workflows', { definition: sampleDefinition('new'), ...more }, member.session)
    expect((await create({ projectId: billing.projectId })).status).toBe(201)
    expect(await create({ projectId: reports.projectId })).toMatchObject(missingScope)
    expect(await create({})).toMatchObject(missingScope)
    const out = { projectId: reports.projectId }
    expect(await save(member.session, billing.workflowId, out)).toMatchObject(missingScope)
    const into = { projectId: billing.projectId }
    expect(await save(member.session, reports.workflowId, into)).toMatchObject(missingScope)
    expect(await move(member.session, billing.workflowId, reports.projectId)).toMatchObject(missingScope)
    expect(await move(member.session, reports.workflowId, billing.projectId)).toMatchObject(missingScope)
    expect((await ask(`/v1/workflows/${reports.workflowId}`, owner.session)).body).toMatchObject({ revision: 1 })
  })

  test('given in two projects moves workflows from one to the other', async () => {
    const { owner, member, billing, reports } = await twoPlaces('editor')
    const other = `/v1/projects/${reports.projectId}/members/${member.id}`
    await post(other, { role: 'runner' }, owner.session, 'PUT')
    expect(await move(member.session, billing.workflowId, reports.projectId)).toMatchObject(missingScope)
    await post(other, { role: 'editor' }, owner.session, 'PUT')
    const moved = await move(member.session, billing.workflowId, reports.projectId)
    expect(moved).toMatchObject({ status: 200, body: { projectId: reports.projectId } })
  })

  test('sees everything it saw before, and says what it may (S113)', async () => {
    const { member, billing } = await twoPlaces('editor')
    expect((await ask('/v1/workflows', member.session)).body['items']).toHaveLength(2)
    const me = (await ask('/v1/me', member.session)).body
    expect(me).toMatchObject({ scopes: ROLE_SCOPES.viewer, projectRoles: [{ id: billing.projectId, role: 'editor' }] })
  })

  test('of a restricted project does not show the others', async () => {
    const { owner, member, reports } = await twoPlaces('deployer')
    await post(`/v1/projects/${reports.projectId}`, { restricted: true }, owner.session, 'PATCH')
    for (const act of [deploy, run, save])
      expect(await act(member.session, reports.workflowId)).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })

  test('opens no call about what is in another project, whatever the call (A-20, T-13)', async () => {
    const { owner, member, reports } = await twoPlaces('deployer')
    const { workflowId } = reports
    const deployment = await deploy(owner.session, workflowId)
    const { body: run } = await post(
      '/v1/workflows/run',
      { workflowId, input: { customerId: 'c' }, wait: true },
      owner.session,
    )
    const places: Readonly<Record<string, string>> = {
      workflows: workflowId,
      deployments: String(deployment.body['deploymentId']),
      executions: String(run['executionId']),
    }
    const own = (name: string) =>
      ({ ...ANYTHING, workflowId, definition: sampleDefinition('in reports'), projectId: reports.projectId })[name]
    const answers = await Promise.all(
      raised.map(async ([name, { path, method, body }]) => {
        const [, , family = ''] = path.split('/')
        const address = path.replace('{id}', places[family] ?? 'dl_none').replaceAll(/\{\w+\}/g, 'none')
        const sample = (body === undefined ? {} : sampleOf(body, own)) as Record<string, unknown>
        const more =
          name === 'runBatch' ? { workflowId } : name === 'createWorkflow' ? { projectId: reports.projectId } : {}
        const answer = await (body === undefined
          ? ask(address, member.session, method)
          : post(address, { ...sample, ...more }, member.session, method))
        return [name, answer.body === null ? answer.status : answer.body['code']]
      }),
    )
    const allowed = ['missing_scope', 'not_found']
    expect(answers.filter(([, code]) => !allowed.includes(String(code)))).toEqual([])
    expect((await ask(`/v1/executions/${String(run['executionId'])}`, owner.session)).status).toBe(200)
  })

  test('is changed by giving another, and ends with none from the next request on (A-08)', async () => {
    const { owner, member, billing, door } = await twoPlaces('editor')
    const roles = async () => (await ask(`/v1/projects/${billing.projectId}/members`, owner.session)).body['items']
    expect(await roles()).toMatchObject([{ id: member.id, role: 'editor' }])
    await ask(door, owner.session, 'PUT')
    expect(await roles()).toMatchObject([{ id: member.id, role: null }])
    expect(await save(member.session, billing.workflowId)).toMatchObject(missingScope)
  })

  test.each(['viewer', 'admin', 'owner', 'king'])('%s is none that a project gives', async (role) => {
    const { owner, door } = await twoPlaces(null)
    expect(await post(door, { role }, owner.session, 'PUT')).toMatchObject({
      status: 422,
      body: { code: 'request_invalid' },
    })
  })

  test.each(PROJECT_ROLES)('%s opens no call about what projects share (A-20, T-13)', async (role) => {
    const { member } = await twoPlaces(role)
    const shared = [
      'variables:write',
      'secrets:write',
      'environments:write',
      'keys:write',
      'members:write',
      'audit:read',
    ]
    const calls = Object.values(API).filter(({ scope }) => shared.includes(scope))
    expect(calls.length).toBeGreaterThan(15)
    for (const { method, path } of calls) {
      const address = path.replaceAll(/\{\w+\}/g, 'none')
      const answer = await (method === 'GET' || method === 'DELETE'
        ? ask(address, member.session, method)
        : post(address, { surprise: 1 }, member.session, method))
      expect([path, answer.status, answer.body['code']]).toEqual([path, 403, 'missing_scope'])
    }
  })
})

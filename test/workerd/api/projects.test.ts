import { describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import { ask, type Headers, newMember, newOrganization, post, verifiedOrganization } from './people'
import { clientWith, newKey, sampleDefinition } from './support'

const refusedWith = (status: number, code: string) => ({ status, body: { code } })
const idOf = ({ body }: { body: Record<string, unknown> }) => String(body['id'])
const itemsOf = async (path: string, session: Headers) =>
  (await ask(path, session)).body['items'] as unknown as { id: string; name: string }[]

/** An organization with a restricted project, a workflow in it, and a deployer who is not in it. */
async function closedPlace() {
  const owner = await verifiedOrganization()
  const projectId = idOf(await post('/v1/projects', { name: 'billing', restricted: true }, owner.session))
  const create = (session: Headers, name: string, more: object = {}) =>
    post('/v1/workflows', { definition: sampleDefinition(name), ...more }, session)
  const inside = idOf(await create(owner.session, 'inside', { projectId }))
  const outside = idOf(await create(owner.session, 'outside'))
  const member = await newMember(owner.session, 'deployer')
  return { owner, member, projectId, inside, outside, create }
}

describe('projects', () => {
  test('every organization starts with a default, where workflows go that name no other (S189)', async () => {
    const { session } = await newOrganization()
    const [project] = await itemsOf('/v1/projects', session)
    expect(project).toMatchObject({ name: 'default', restricted: false })
    const created = await post('/v1/workflows', { definition: sampleDefinition('a') }, session)
    expect(created.body).toMatchObject({ projectId: project?.id })
    const change = await post(`/v1/projects/${project?.id}`, { restricted: true }, session, 'PATCH')
    expect(change).toMatchObject(refusedWith(409, 'project_kept'))
    expect(await ask(`/v1/projects/${project?.id}`, session, 'DELETE')).toMatchObject(refusedWith(409, 'project_kept'))
  })

  test('workflows are listed by project, and move from one to another', async () => {
    const { session } = await newOrganization()
    const projectId = idOf(await post('/v1/projects', { name: 'reports' }, session))
    const definition = sampleDefinition('a')
    const id = idOf(await post('/v1/workflows', { definition }, session))
    expect(await itemsOf(`/v1/workflows?projectId=${projectId}`, session)).toEqual([])
    const moved = await post(`/v1/workflows/${id}`, { definition, revision: 1, projectId }, session, 'PUT')
    expect(moved.body).toMatchObject({ projectId, revision: 2 })
    expect(await itemsOf(`/v1/workflows?projectId=${projectId}`, session)).toMatchObject([{ id }])
    expect(await ask(`/v1/projects/${projectId}`, session, 'DELETE')).toMatchObject(refusedWith(409, 'project_kept'))
  })

  test('a workflow is moved without its draft: it stays as it is, and who edits it is not in the way', async () => {
    const { session } = await newOrganization()
    const projectId = idOf(await post('/v1/projects', { name: 'reports' }, session))
    const { body: made } = await post('/v1/workflows', { definition: sampleDefinition('a') }, session)
    const path = `/v1/workflows/${String(made['id'])}`
    const { definition, issues: _issues, ...summary } = made as Record<string, unknown>
    const moved = await post(path, { projectId }, session, 'PATCH')
    expect([moved.status, moved.body]).toEqual([200, { ...summary, projectId }])
    expect((await ask(path, session)).body).toMatchObject({ projectId, revision: 1, definition })
    const audit = async () => (await ask('/v1/audit?action=workflow.moved', session)).body['items']
    const entry = { target: made['id'], detail: { from: made['projectId'], to: projectId } }
    expect(await audit()).toMatchObject([entry])
    // Where it is already, it stays; nothing happened.
    expect((await post(path, { projectId }, session, 'PATCH')).status).toBe(200)
    expect(await audit()).toHaveLength(1)
    expect((await post(path, { definition, revision: 1 }, session, 'PUT')).body).toMatchObject({ revision: 2 })
  })

  test('a workflow that is gone, or was never there, is not moved', async () => {
    const { session } = await newOrganization()
    const projectId = idOf(await post('/v1/projects', { name: 'reports' }, session))
    const id = idOf(await post('/v1/workflows', { definition: sampleDefinition('a') }, session))
    const move = (workflowId: string, to: string) =>
      post(`/v1/workflows/${workflowId}`, { projectId: to }, session, 'PATCH')
    const refused = refusedWith(404, 'not_found')
    expect(await move(id, 'proj_none')).toMatchObject(refused)
    expect(await move('workflow_none', projectId)).toMatchObject(refused)
    await ask(`/v1/workflows/${id}`, session, 'DELETE')
    expect(await move(id, projectId)).toMatchObject(refused)
    expect((await ask(`/v1/projects/${projectId}`, session)).body).toMatchObject({ workflowCount: 0 })
  })

  test('have names of their own, and go when nothing was ever in them', async () => {
    const { session } = await newOrganization()
    const projectId = idOf(await post('/v1/projects', { name: 'reports' }, session))
    const taken = refusedWith(409, 'project_name_taken')
    expect(await post('/v1/projects', { name: 'reports' }, session)).toMatchObject(taken)
    expect(await post(`/v1/projects/${projectId}`, { name: 'default' }, session, 'PATCH')).toMatchObject(taken)
    const renamed = await post(`/v1/projects/${projectId}`, { name: 'numbers' }, session, 'PATCH')
    expect(renamed.body).toMatchObject({ name: 'numbers', restricted: false })
    expect((await ask(`/v1/projects/${projectId}`, session, 'DELETE')).status).toBe(204)
    expect((await ask(`/v1/projects/${projectId}`, session, 'DELETE')).status).toBe(404)
  })

  test('are read one by one as the list shows them, with how much is in them', async () => {
    const { session } = await newOrganization()
    const made = await post('/v1/projects', { name: 'reports' }, session)
    const path = `/v1/projects/${idOf(made)}`
    expect([made.status, made.headers.get('location')]).toEqual([201, path])
    expect((await ask(path, session)).body).toEqual(made.body)
    const create = (name: string) =>
      post('/v1/workflows', { definition: sampleDefinition(name), projectId: idOf(made) }, session)
    const [, gone] = [await create('kept'), await create('gone')]
    await ask(`/v1/workflows/${idOf(gone)}`, session, 'DELETE')
    const { body } = await ask(path, session)
    expect(body).toEqual({ ...made.body, workflowCount: 1, memberCount: 0 })
    expect(await itemsOf('/v1/projects', session)).toContainEqual(body)
    expect((await post(path, { name: 'numbers' }, session, 'PATCH')).body).toEqual({ ...body, name: 'numbers' })
  })

  test("of another organization do not exist here, and take in nobody's workflows or members (A-20)", async () => {
    const [here, there] = [await newOrganization(), await newOrganization()]
    const projectId = idOf(await post('/v1/projects', { name: 'theirs' }, there.session))
    const own = idOf(await post('/v1/projects', { name: 'ours' }, here.session))
    const refused = refusedWith(404, 'not_found')
    const definition = sampleDefinition('a')
    expect(await post('/v1/workflows', { definition, projectId }, here.session)).toMatchObject(refused)
    const id = idOf(await post('/v1/workflows', { definition }, here.session))
    const move = await post(`/v1/workflows/${id}`, { definition, revision: 1, projectId }, here.session, 'PUT')
    expect(move).toMatchObject(refused)
    expect(await post(`/v1/workflows/${id}`, { projectId }, here.session, 'PATCH')).toMatchObject(refused)
    expect(await post(`/v1/workflows/${id}`, { projectId: own }, there.session, 'PATCH')).toMatchObject(refused)
    expect(await ask(`/v1/projects/${projectId}`, here.session)).toMatchObject(refused)
    for (const path of [
      `/v1/projects/${projectId}/members/${here.user.id}`,
      `/v1/projects/${own}/members/${there.user.id}`,
    ])
      expect(await ask(path, here.session, 'PUT')).toMatchObject(refused)
  })
})

describe('a restricted project', () => {
  test('and what is in it do not exist for who is not a member of it (S111, S113)', async () => {
    const { member, projectId, outside } = await closedPlace()
    expect((await itemsOf('/v1/workflows', member.session)).map(({ id }) => id)).toEqual([outside])
    expect(await itemsOf(`/v1/workflows?projectId=${projectId}`, member.session)).toEqual([])
    expect((await itemsOf('/v1/projects', member.session)).map(({ name }) => name)).toEqual(['default'])
  })

  test('is read by who is let in, and tells how many members it has to who decides about them (S111, S113)', async () => {
    const { member, owner, projectId } = await closedPlace()
    const path = `/v1/projects/${projectId}`
    expect(await ask(path, member.session)).toMatchObject(refusedWith(404, 'not_found'))
    await ask(`${path}/members/${member.id}`, owner.session, 'PUT')
    const counted = { restricted: true, workflowCount: 1 }
    expect((await ask(path, member.session)).body).toMatchObject({ ...counted, memberCount: null })
    expect((await ask(path, owner.session)).body).toMatchObject({ ...counted, memberCount: 1 })
  })

  test('counts to a key that is made for some workflows those alone', async () => {
    const { owner, projectId, outside } = await closedPlace()
    const key = await newKey(owner.session, ['workflows:read'], { workflowIds: [outside] })
    const read = await clientWith(key).getProject({ params: { id: projectId } })
    expect(read).toMatchObject({ ok: true, body: { workflowCount: 0, memberCount: null } })
  })

  test('refuses every call about its workflows alike, in paths and in bodies (S112, A-20)', async () => {
    const { member, owner, inside } = await closedPlace()
    await post('/v1/workflows/deploy', { workflowId: inside, environment: 'staging' }, owner.session)
    const bodies: Record<string, object> = {
      saveWorkflow: { definition: sampleDefinition('inside'), revision: 1 },
      moveWorkflow: { projectId: (await itemsOf('/v1/projects', member.session))[0]?.id },
      deployWorkflow: { workflowId: inside, environment: 'staging' },
      runWorkflow: { workflowId: inside },
    }
    const calls = Object.entries(API).filter(
      ([name, { path }]) => name in bodies || path.startsWith('/v1/workflows/{id}'),
    )
    expect(calls.length).toBeGreaterThan(8)
    const answers = await Promise.all(
      calls.map(async ([name, operation]) => {
        const path = operation.path.replace('{id}', inside).replaceAll(/\{\w+\}/g, 'v1')
        const { status } =
          'body' in operation
            ? await post(path, bodies[name] ?? {}, member.session, operation.method)
            : await ask(path, member.session, operation.method)
        return [name, status]
      }),
    )
    expect(answers).toEqual(calls.map(([name]) => [name, 404]))
  })

  test('hides deployments and executions with its workflows', async () => {
    const { member, owner, inside, outside } = await closedPlace()
    const ids: string[] = []
    for (const workflowId of [inside, outside]) {
      await post('/v1/workflows/deploy', { workflowId, environment: 'staging' }, owner.session)
      const run = await post('/v1/workflows/run', { workflowId, input: { customerId: 'c' }, wait: true }, owner.session)
      ids.push(String(run.body['executionId']))
    }
    const deployments = await ask('/v1/deployments', member.session)
    expect(deployments.body['items']).toMatchObject([{ workflowId: outside }])
    expect((await ask(`/v1/executions/${ids[0]}`, member.session)).status).toBe(404)
    expect((await ask(`/v1/executions/${ids[0]}/trace`, member.session)).status).toBe(404)
    expect((await ask(`/v1/executions/${ids[1]}`, member.session)).status).toBe(200)
    const listed = async () => JSON.stringify((await ask('/v1/executions', member.session)).body)
    await expect.poll(listed).toContain(ids[1])
    expect(await listed()).not.toContain(ids[0])
  })

  test('opens to who is let in and closes to who is put out, from the next request on (S111, A-08)', async () => {
    const { member, owner, projectId, inside } = await closedPlace()
    const door = `/v1/projects/${projectId}/members/${member.id}`
    expect(await ask(door, member.session, 'PUT')).toMatchObject(refusedWith(403, 'missing_scope'))
    expect((await ask(door, owner.session, 'PUT')).status).toBe(204)
    expect((await ask(`/v1/workflows/${inside}`, member.session)).status).toBe(200)
    expect(await itemsOf(`/v1/projects/${projectId}/members`, owner.session)).toEqual([
      { id: member.id, email: member.email, role: null },
    ])
    expect((await ask(door, owner.session, 'DELETE')).status).toBe(204)
    expect((await ask(`/v1/workflows/${inside}`, member.session)).status).toBe(404)
    expect((await ask(door, owner.session, 'DELETE')).status).toBe(404)
  })

  test('lets members outside of it work on elsewhere, and neither create in it nor move into it', async () => {
    const { member, projectId, create } = await closedPlace()
    const made = await create(member.session, 'mine')
    expect(made.status).toBe(201)
    const id = idOf(made)
    expect((await ask(`/v1/workflows/${id}`, member.session)).status).toBe(200)
    expect(await create(member.session, 'smuggled', { projectId })).toMatchObject(refusedWith(404, 'not_found'))
    const body = { definition: sampleDefinition('mine'), revision: 1, projectId }
    expect(await post(`/v1/workflows/${id}`, body, member.session, 'PUT')).toMatchObject(refusedWith(404, 'not_found'))
    const into = await post(`/v1/workflows/${id}`, { projectId }, member.session, 'PATCH')
    expect(into).toMatchObject(refusedWith(404, 'not_found'))
  })

  test('is open to admins, owners and the keys they make', async () => {
    const { owner, inside } = await closedPlace()
    const admin = await newMember(owner.session, 'admin')
    expect((await ask(`/v1/workflows/${inside}`, admin.session)).status).toBe(200)
    const client = clientWith(await newKey(admin.session, ['workflows:read']))
    expect(await client.getWorkflow({ params: { id: inside } })).toMatchObject({ ok: true })
  })

  test('forgets a member who leaves the organization', async () => {
    const { owner, member, projectId } = await closedPlace()
    await ask(`/v1/projects/${projectId}/members/${member.id}`, owner.session, 'PUT')
    await ask(`/v1/members/${member.id}`, owner.session, 'DELETE')
    expect(await itemsOf(`/v1/projects/${projectId}/members`, owner.session)).toEqual([])
  })
})

import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { deployed, run } from './deployed'
import { ALL_SCOPES, clientWith, newKey, sampleDefinition, send } from './support'

describe('a key made for some environments', () => {
  test('neither reads nor changes what is live in the others', async () => {
    const place = await deployed()
    const client = clientWith(await newKey(place.session, ALL_SCOPES, { environments: ['staging'] }))
    const params = { id: place.deployment.deploymentId }
    const refused = { ok: false, problem: { code: 'missing_scope' } }
    expect(await client.getDeployment({ params })).toMatchObject(refused)
    expect(await client.getDeploymentHistory({ params })).toMatchObject(refused)
    expect(await client.previewRollback({ params })).toMatchObject(refused)
    expect(await client.pauseDeployment({ params })).toMatchObject(refused)
    expect(await client.listDeployments({})).toMatchObject({ ok: true, body: { items: [] } })
  })

  test('learns nothing of the variables of the others', async () => {
    const place = await deployed()
    const client = clientWith(await newKey(place.session, ALL_SCOPES, { environments: ['staging'] }))
    const body = { definition: sampleDefinition('guess'), environment: 'production' }
    expect(await client.validateWorkflow({ body })).toMatchObject({ problem: { code: 'missing_scope' } })
    const params = { id: place.workflowId, a: 'v1', b: 'draft' }
    const diff = await client.diffVersions({ params, query: { environment: 'production' } })
    expect(diff).toMatchObject({ problem: { code: 'missing_scope' } })
  })

  test('does not undeploy from the others by deleting', async () => {
    const place = await deployed()
    const client = clientWith(await newKey(place.session, ALL_SCOPES, { environments: ['staging'] }))
    const deletion = await client.deleteWorkflow({ params: { id: place.workflowId }, query: { undeploy: 'true' } })
    expect(deletion).toMatchObject({ problem: { code: 'missing_scope' } })
    const answer = await send(new URL(place.deployment.webhookUrl ?? '').pathname, { method: 'POST' })
    expect(answer.status).not.toBe(404)
  })

  test('makes no unlimited key out of another one by rotating it', async () => {
    const place = await deployed()
    const keys = await place.client.listKeys({})
    const unlimited = keys.ok ? (keys.body.items[0]?.id ?? '') : ''
    const client = clientWith(await newKey(place.session, ALL_SCOPES, { environments: ['staging'] }))
    expect(await client.rotateKey({ params: { id: unlimited } })).toMatchObject({ problem: { code: 'missing_scope' } })
    expect(await place.client.getMe({})).toMatchObject({ ok: true })
  })
})

describe('a key made for some workflows', () => {
  test('creates no others', async () => {
    const place = await deployed()
    const client = clientWith(await newKey(place.session, ALL_SCOPES, { workflowIds: [place.workflowId] }))
    const created = await client.createWorkflow({ body: { definition: sampleDefinition('another') } })
    expect(created).toMatchObject({ problem: { code: 'missing_scope' } })
  })

  test('is told of an execution or deployment of another what it is told of one nobody has', async () => {
    const place = await deployed()
    const ran = await run(place)
    const executionId = ran.ok ? ran.body.executionId : ''
    const { deploymentId } = place.deployment
    const other = await place.client.createWorkflow({ body: { definition: sampleDefinition('other') } })
    const workflowIds = [other.ok ? other.body.id : '']
    const client = clientWith(await newKey(place.session, ALL_SCOPES, { workflowIds }))
    const detail = (answer: { ok: boolean; problem?: { detail: string } }) =>
      answer.ok ? null : answer.problem?.detail
    const missing = `exec_${'0'.repeat(31)}`
    expect(detail(await client.getExecution({ params: { id: missing } }))).toBe(`There is no execution '${missing}'.`)
    expect(detail(await client.getExecution({ params: { id: executionId } }))).toBe(
      `There is no execution '${executionId}'.`,
    )
    expect(detail(await client.getDeployment({ params: { id: 'deploy_none' } }))).toBe(
      "There is no deployment 'deploy_none'.",
    )
    expect(detail(await client.getDeployment({ params: { id: deploymentId } }))).toBe(
      `There is no deployment '${deploymentId}'.`,
    )
  })

  test('lists what it may see, however many things it names', async () => {
    const place = await deployed()
    const others = Array.from({ length: 199 }, (_, i) => `workflow_${i}`)
    const environments = ['production', ...Array.from({ length: 49 }, (_, i) => `e${i}`)]
    const key = await newKey(place.session, ALL_SCOPES, { workflowIds: [place.workflowId] })
    // What a key names may be gone by now.
    await env.DB.prepare('UPDATE api_keys SET workflow_ids = ?, environments = ? WHERE prefix = ?')
      .bind(JSON.stringify([place.workflowId, ...others]), JSON.stringify(environments), key.slice(0, 11))
      .run()
    const client = clientWith(key)
    expect(await client.listWorkflows({})).toMatchObject({ body: { items: [{ id: place.workflowId }] } })
    expect(await client.listDeployments({})).toMatchObject({ body: { items: [{ workflowId: place.workflowId }] } })
    expect(await client.listExecutions({})).toMatchObject({ ok: true, body: { items: [] } })
  })
})

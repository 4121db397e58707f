import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { deployed } from './deployed'

describe('what ended', () => {
  test('an expired key has no successor', async () => {
    const place = await deployed()
    const made = await place.client.createKey({ body: { name: 'short', scopes: ['workflows:read'] } })
    const id = made.ok ? made.body.id : ''
    await env.DB.prepare('UPDATE api_keys SET expires_at = 1 WHERE id = ?').bind(id).run()
    const rotated = await place.client.rotateKey({ params: { id }, body: { overlapSeconds: 60 } })
    expect(rotated).toMatchObject({ status: 409, problem: { code: 'key_expired' } })
  })

  test('a deleted workflow is not brought back through its deployment', async () => {
    const place = await deployed()
    await place.client.deleteWorkflow({ params: { id: place.workflowId }, query: { undeploy: 'true' } })
    const { deploymentId, releaseId } = place.deployment
    const answer = await place.client.activateDeployment({ params: { id: deploymentId }, body: { releaseId } })
    expect(answer).toMatchObject({ status: 404, problem: { code: 'not_found' } })
  })

  test('a key rotated by several at once has one successor', async () => {
    const { client } = await deployed()
    const made = await client.createKey({ body: { name: 'shared', scopes: ['workflows:read'] } })
    const id = made.ok ? made.body.id : ''
    const rotated = await Promise.all([1, 2, 3].map(() => client.rotateKey({ params: { id } })))
    expect(rotated.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 404, 404])
    const keys = await client.listKeys({})
    expect(keys.ok && keys.body.items.filter((key) => key.name === 'shared').length).toBe(1)
  })

  test('a workflow that is deployed while it is deleted does not stay live', async () => {
    const { client, workflowId } = await deployed()
    const body = { workflowId, environment: 'staging' }
    const deletion = client.deleteWorkflow({ params: { id: workflowId }, query: { undeploy: 'true' } })
    const [, deleted] = await Promise.all([client.deployWorkflow({ body }), deletion])
    expect(deleted.status).toBe(204)
    const deployments = await client.listDeployments({ query: { workflowId } })
    const states = deployments.ok ? deployments.body.items.map((item) => item.state) : []
    expect(states.filter((state) => state !== 'undeployed')).toEqual([])
  })
})

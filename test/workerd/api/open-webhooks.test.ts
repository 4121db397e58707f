import { describe, expect, test } from 'vitest'
import { clientWith, newOrganization, send } from './support'

const WARNED = [{ code: 'webhook_open', severity: 'warning', path: '/definition/triggers/0' }]

async function drafted(trigger: object) {
  const client = clientWith((await newOrganization()).key)
  const stages = [{ id: 'keep', component: 'transform', config: { value: '{{ input }}' } }]
  const definition = { name: 'orders', triggers: [{ type: 'webhook', ...trigger }], stages }
  const created = await client.createWorkflow({ body: { definition } })
  if (!created.ok) throw new Error(JSON.stringify(created.problem))
  const place = { workflowId: created.body.id, environment: 'production' }
  const deploy = (more: object = {}) => client.deployWorkflow({ body: { ...place, ...more } })
  return { client, definition, created: created.body, deploy }
}

describe('a webhook that does not say who may call (T-06)', () => {
  test('is warned of when it is checked, saved, planned and deployed, and when its version is deployed again', async () => {
    const { client, definition, created, deploy } = await drafted({})
    expect(created.issues).toMatchObject(WARNED)
    expect(await client.validateWorkflow({ body: { definition } })).toMatchObject({
      body: { valid: true, issues: WARNED },
    })
    const check = { id: 'webhooks', status: 'manual', message: expect.stringContaining('whoever learns its address') }
    const planned = await deploy({ dryRun: true })
    expect(planned.ok && 'checks' in planned.body && planned.body.checks).toContainEqual(check)
    expect(await deploy()).toMatchObject({ status: 200, body: { status: 'deployed', issues: WARNED } })
    expect(await deploy({ version: 1 })).toMatchObject({ status: 200, body: { issues: WARNED } })
  })

  test('is not warned of where its author wrote that nobody is asked', async () => {
    const { created, deploy } = await drafted({ authentication: { type: 'none' } })
    expect(created.issues).toEqual([])
    const planned = await deploy({ dryRun: true })
    expect(planned.ok && 'checks' in planned.body && planned.body.checks.map(({ id }) => id)).not.toContain('webhooks')
    const answer = await deploy()
    expect(answer).toMatchObject({ status: 200, body: { status: 'deployed', issues: [] } })
    const url = answer.ok && 'webhookUrl' in answer.body ? answer.body.webhookUrl : null
    const called = await send(new URL(url ?? '').pathname, { method: 'POST' })
    expect(await called.json()).toMatchObject({ status: 'accepted' })
  })
})

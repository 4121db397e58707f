import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { newPlace } from './deploy-document'

const VALUES = { params: { name: 'production' } }

/** A workflow that says its version and a variable, with v1 and v2 published and v2 live. */
async function live() {
  const { client, deploy } = await newPlace()
  const set = (WORD: string) => client.putVariables({ ...VALUES, body: { variables: { WORD } } })
  await set('first')
  const says = (by: string) => ({
    name: 'says',
    triggers: [{ type: 'manual' }],
    stages: [{ id: 'say', component: 'transform', config: { value: `${by} {{ vars.WORD }}` } }],
  })
  const { workflowId, deploymentId } = await deploy(says('v1'))
  const params = { id: deploymentId }
  const publish = (by: string, revision: number, more: object = {}) =>
    client
      .saveWorkflow({ params: { id: workflowId }, body: { definition: says(by), revision } })
      .then(() => client.deployWorkflow({ body: { workflowId, environment: 'production', ...more } }))
  const run = async () => {
    const answer = await client.runWorkflow({ body: { workflowId, wait: true } })
    return answer.ok ? 'data' in answer.body && answer.body.data : answer.problem.code
  }
  const row = () => env.DB.prepare('SELECT * FROM deployments WHERE id = ?').bind(deploymentId).first()
  /** What a reader sees who looked before the last changes, or whose replica has not heard of them. */
  const putBack = (seen: Record<string, unknown> | null) =>
    env.DB.prepare('UPDATE deployments SET status = ?, epoch = ?, snapshot = ?, active_version_id = ? WHERE id = ?')
      .bind(seen?.['status'], seen?.['epoch'], seen?.['snapshot'], seen?.['active_version_id'], deploymentId)
      .run()
  return { client, params, set, publish, run, row, putBack }
}

describe('a changed value', () => {
  test('reaches what is live', async () => {
    const { set, run } = await live()
    expect(await set('second')).toMatchObject({ body: { applied: { done: 1, pending: 0 } } })
    expect(await run()).toBe('v1 second')
  })

  test('does not bring back a version that was rolled back meanwhile', async () => {
    const { client, params, set, publish, run, row, putBack } = await live()
    await publish('v2', 1)
    const seen = await row()
    await client.rollbackDeployment({ params, body: { reason: 'v2 is broken' } })
    await putBack(seen)
    expect(await set('second')).toMatchObject({ body: { applied: { done: 1, pending: 0 } } })
    expect(await run()).toBe('v1 second')
  })

  test('does not bring back what was undeployed meanwhile', async () => {
    const { client, params, set, run, row, putBack } = await live()
    const seen = await row()
    await client.undeployWorkflow({ params })
    await putBack(seen)
    expect(await set('second')).toMatchObject({ body: { applied: { done: 0, pending: 0 } } })
    expect(await run()).toBe('undeployed')
  })

  test('is what a version that was placed before goes live with', async () => {
    const { client, params, set, publish, run } = await live()
    await publish('v2', 1, { autoActivate: false })
    await set('second')
    expect(await run()).toBe('v1 second')
    expect(await client.activateDeployment({ params })).toMatchObject({
      status: 200,
      body: { activeVersion: { version: 'v2' }, configurationChangedSinceRelease: false },
    })
    expect(await run()).toBe('v2 second')
    expect(await client.activateDeployment({ params })).toMatchObject({
      status: 409,
      problem: { code: 'not_deployed' },
    })
  })
})

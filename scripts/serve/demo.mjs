import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { client } from './client.mjs'
import { readPrivate, writePrivate } from './private-file.mjs'

const scopes =
  'workflows:read workflows:write versions:write deploy:* schedules:write executions:read executions:run ' +
  'executions:manage variables:read variables:write secrets:write environments:write keys:write members:write audit:read'

const random = (bytes) => randomBytes(bytes).toString('base64url')

/**
 * The demo organization of a state folder, with one deployed workflow: made over the public API on the first start,
 * and continued where it stopped when that start was interrupted.
 */
export async function demoOf(stateFolder, url) {
  const file = path.join(stateFolder, 'demo.json')
  const demo = readPrivate(file) ?? {
    email: `demo-${randomBytes(3).toString('hex')}@millrace.test`,
    password: random(18),
    webhookKey: random(18),
  }
  const remember = (more) => writePrivate(file, Object.assign(demo, more))
  remember({})
  const call = client(url)
  if (!demo.apiKey) {
    const account = await signIn(call, demo)
    const session = client(url, { Cookie: account.cookie, 'X-CSRF-Token': account.csrfToken })
    const { key } = await session('POST', '/v1/keys', { name: 'demo', scopes: scopes.split(' ') })
    remember({ organizationId: account.organizationId, apiKey: key })
  }
  if (!demo.webhookUrl) remember(await deployExample(client(url, { Authorization: `Bearer ${demo.apiKey}` }), demo))
  return demo
}

async function signIn(call, { email, password }) {
  const answer =
    (await call('POST', '/v1/auth/sign-up', { email, password, organizationName: 'Demo' }, { unless: 409 })) ??
    (await call('POST', '/v1/auth/sign-in', { email, password }))
  return { cookie: answer.cookie, csrfToken: answer.csrfToken, organizationId: answer.organizations[0].id }
}

async function deployExample(call, { webhookKey }) {
  const definition = JSON.parse(readFileSync(path.join(root, 'examples/order-intake.workflow.json'), 'utf8'))
  await call('PUT', '/v1/environments/development/variables', {
    variables: { webhook_api_key: { value: webhookKey, secret: true } },
  })
  const created = await call('POST', '/v1/workflows', { definition }, { unless: 409 })
  const workflow = created ?? (await call('GET', '/v1/workflows')).items.find(({ name }) => name === definition.name)
  const deployed = await call('POST', '/v1/workflows/deploy', { workflowId: workflow.id, environment: 'development' })
  return {
    workflowId: workflow.id,
    webhookPath: new URL(deployed.webhookUrl).pathname,
    webhookUrl: deployed.webhookUrl,
  }
}

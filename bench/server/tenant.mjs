import { randomBytes } from 'node:crypto'
import { client } from '../../scripts/serve/client.mjs'

const scopes =
  'workflows:read workflows:write versions:write deploy:* executions:read executions:run executions:manage ' +
  'schedules:write variables:read variables:write secrets:write environments:write'
const environment = 'development'

/** A fresh organization with its own key, through the public API: `{call, key, setVariables(values), deploy(definition)}`. */
export async function createTenant(url) {
  const account = await client(url)('POST', '/v1/auth/sign-up', {
    email: `bench-${randomBytes(4).toString('hex')}@millrace.test`,
    password: randomBytes(18).toString('base64url'),
    organizationName: 'Bench',
  })
  const session = client(url, { Cookie: account.cookie, 'X-CSRF-Token': account.csrfToken })
  const { key } = await session('POST', '/v1/keys', { name: 'bench', scopes: scopes.split(' ') })
  const call = client(url, { Authorization: `Bearer ${key}` })
  return {
    call,
    key,
    setVariables: (variables) => call('PUT', `/v1/environments/${environment}/variables`, { variables }),
    /** Creates and deploys a workflow; the answer of the deploy, with the path of its webhook. */
    async deploy(definition) {
      const { id } = await call('POST', '/v1/workflows', { definition })
      const deployed = await call('POST', '/v1/workflows/deploy', { workflowId: id, environment })
      return { ...deployed, path: deployed.webhookUrl === null ? null : new URL(deployed.webhookUrl).pathname }
    },
  }
}

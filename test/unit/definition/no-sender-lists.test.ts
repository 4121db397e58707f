import { describe, expect, it } from 'vitest'
import { API } from '#core/contract/api'
import { readRequest } from '#core/contract/read-request'
import { validateWorkflow } from '#core/definition/validate'
import { schemeTypes } from '#core/triggers/schemes/registry'

const stages = [{ id: 'a', component: 'transform', config: { value: 1 } }]
const errorsOf = (trigger: object, more: object = {}) =>
  validateWorkflow({ name: 'orders', triggers: [trigger], stages, ...more }, { mode: 'draft' }).issues.filter(
    ({ severity }) => severity === 'error',
  )
const NAMES = [
  'ipWhitelist',
  'allowedIps',
  'allowed_ips',
  'ip_allow_list',
  'ipAllowList',
  'allowlist',
  'sourceIps',
  'cidr',
]

describe('a list of addresses that may call does not exist, and is not accepted as if it did (T-09)', () => {
  it.for(NAMES)('%s is refused in a webhook, in its authentication and in settings', (name) => {
    const list = { [name]: ['10.0.0.1'] }
    const none = { type: 'none' }
    expect(errorsOf({ type: 'webhook', authentication: none, ...list })).toMatchObject([
      { path: `/triggers/0/${name}` },
    ])
    for (const type of schemeTypes()) {
      const paths = errorsOf({ type: 'webhook', authentication: { type, ...list } }).map(({ path }) => path)
      expect(paths).toContain(`/triggers/0/authentication/${name}`)
    }
    const trigger = { type: 'webhook', authentication: none }
    expect(errorsOf(trigger, { settings: list })).toMatchObject([{ path: `/settings/${name}` }])
    expect(errorsOf(trigger, list)).toMatchObject([{ path: `/${name}` }])
  })

  it.for(NAMES)('%s is refused when a key is made, and when a workflow is deployed', (name) => {
    const list = { [name]: ['10.0.0.1'] }
    const key = readRequest(API.createKey.body, { name: 'ci', scopes: ['workflows:read'], ...list })
    const deploy = readRequest(API.deployWorkflow.body, {
      workflowId: 'workflow_1',
      environment: 'production',
      ...list,
    })
    for (const read of [key, deploy]) expect(read).toMatchObject({ ok: false, error: [{ path: `/${name}` }] })
  })
})

import { describe, expect, it } from 'vitest'
import { validateWorkflow } from '#core/definition/validate'
import { triggerOf, triggerTypes } from '#core/triggers/registry'
import { schemeTypes } from '#core/triggers/schemes/registry'

const stages = [{ id: 'a', component: 'transform', config: { value: 1 } }]
const judge = (trigger: object) =>
  validateWorkflow({ name: 'orders', triggers: [trigger], stages }, { mode: 'deploy' }).issues.map(
    ({ severity, code, path }) => `${severity} ${code} ${path}`,
  )
const WARNED = ['warning webhook_open /triggers/0']

describe('a trigger that strangers can reach (T-06)', () => {
  it('is the webhook and no other: the rest cannot be deployed, or nobody outside can start it', () => {
    const reachable = triggerTypes().filter((type) => {
      const trigger = triggerOf(type)
      return trigger?.available === true && trigger.source !== 'call' && trigger.source !== 'time'
    })
    expect(reachable).toEqual(['webhook'])
  })

  it('whose document does not say who may call is warned of, when it is drafted and when it is deployed', () => {
    expect(judge({ type: 'webhook' })).toEqual(WARNED)
    expect(judge({ type: 'webhook', method: ['GET'], cors: { enabled: true } })).toEqual(WARNED)
    const { workflow, issues } = validateWorkflow(
      { name: 'orders', triggers: [{ type: 'webhook' }], stages },
      { mode: 'draft' },
    )
    expect(workflow).not.toBeNull()
    expect(issues).toMatchObject([{ code: 'webhook_open', hint: expect.stringContaining('"none"') }])
  })

  it('is open without a warning only where its author wrote so', () => {
    expect(judge({ type: 'webhook', authentication: { type: 'none' } })).toEqual([])
  })

  it.for([
    null,
    {},
    [],
    '',
    'none',
    false,
    { type: '' },
    { type: null },
    { type: 'None' },
    { type: 'off' },
    { none: true },
  ])('is not open by an authentication that is none, such as %j: that is refused', (authentication) => {
    const issues = judge({ type: 'webhook', authentication })
    expect(issues.filter((issue) => issue.startsWith('error'))).not.toEqual([])
  })

  it.for(schemeTypes().filter((type) => type !== 'none'))(
    'with %s is refused as long as it says no more than that',
    (type) => {
      const issues = judge({ type: 'webhook', authentication: { type } })
      const errors = issues.filter((issue) => issue.startsWith('error'))
      expect(errors.length).toBeGreaterThan(0)
      for (const error of errors) expect(error.split(' ')[2]).toMatch(/^\/triggers\/0\/authentication\//)
      expect(issues).not.toContain(WARNED[0])
    },
  )
})

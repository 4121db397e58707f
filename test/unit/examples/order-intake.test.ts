import { describe, expect, test } from 'vitest'
import { runPlan } from '../../support/run-plan'
import { planOfExample } from './plan-of-example'
import { readExample } from './read-example'

const order = { orderId: '12345', amount: 99.99, currency: 'USD' }
const files = ['order-intake.workflow.json', 'order-intake-sync.workflow.json']

describe.each(files)('%s', (file) => {
  test('the last stage tells the order, its invoice and its status (S25)', async () => {
    const { end } = await runPlan(planOfExample(file), { input: order })
    expect(end.output).toEqual({ processedOrder: '12345', invoiceId: 'INV-12345', status: 'completed' })
  })

  test('an order without an amount to pay is rejected and gets no invoice', async () => {
    for (const input of [{ ...order, amount: 0 }, { orderId: '12345' }]) {
      const { end, statuses } = await runPlan(planOfExample(file), { input })
      expect(end.output).toEqual({ processedOrder: '12345', invoiceId: null, status: 'rejected' })
      expect(statuses['create-invoice']).toBe('skipped')
    }
  })

  test('an order without a number fails and says what is missing', async () => {
    const { end } = await runPlan(planOfExample(file), { input: { amount: 5 } })
    expect(end).toMatchObject({ status: 'failed', error: { stage: 'log-order' } })
    expect(end.error?.message).toContain('input.orderId')
  })
})

describe('The order webhook', () => {
  const [immediate, sync] = files.map((file) => readExample(file))

  test('its webhook trigger is the published one (S16)', () => {
    expect(immediate?.triggers[0]).toEqual({
      type: 'webhook',
      method: ['POST', 'PUT'],
      authentication: { type: 'api_key', header: 'X-API-Key', key: '{{ vars.webhook_api_key }}' },
      responseMode: 'immediate',
      timeout: 30000,
      cors: { enabled: true, allowedOrigins: ['https://app.example.com'] },
    })
  })

  test('both examples differ in name, description and response mode only', () => {
    const withMode = (responseMode: string) =>
      immediate?.triggers.map((trigger) => (trigger['type'] === 'webhook' ? { ...trigger, responseMode } : trigger))
    expect(sync?.stages).toEqual(immediate?.stages)
    expect(sync?.triggers).toEqual(withMode('lastNode'))
  })
})

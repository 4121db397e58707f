import { describe, expect, test } from 'vitest'
import { runPlan } from '../../support/run-plan'
import { planOfExample } from './plan-of-example'

describe('the example of parallel', () => {
  test('asks three places and goes on with what they said', async () => {
    const { end } = await runPlan(planOfExample('components/parallel.workflow.json'))
    expect(end).toMatchObject({
      status: 'completed',
      output: { price: 120, available: true, reviews: ['good', 'better'] },
    })
  })
})

describe('the example of foreach', () => {
  test('prices every line of an order', async () => {
    const lines = [
      { sku: 'lamp', price: 20, count: 2 },
      { sku: 'chair', price: 45, count: 4 },
    ]
    const { end } = await runPlan(planOfExample('components/foreach.workflow.json'), { input: { lines } })
    expect(end).toMatchObject({
      status: 'completed',
      output: {
        lines: [
          { line: 1, sku: 'lamp', total: 40 },
          { line: 2, sku: 'chair', total: 180 },
        ],
        failed: 0,
      },
    })
  })

  test('lists a line it cannot price and prices the others', async () => {
    const lines = [
      { sku: 'lamp', price: 'free', count: 2 },
      { sku: 'desk', price: 180, count: 1 },
    ]
    const { end, stage } = await runPlan(planOfExample('components/foreach.workflow.json'), { input: { lines } })
    expect(end).toMatchObject({ status: 'completed', output: { failed: 1 } })
    expect(stage('lines').output).toMatchObject({ errors: [{ index: 0, code: 'expression_failed', stage: 'total' }] })
  })
})

import { describe, expect, test } from 'vitest'
import { runPlan } from '../../support/run-plan'
import { planOfExample } from './plan-of-example'

const vars = { API_URL: 'https://api.test' }

describe('the examples of http_request', () => {
  test('an order is sent as JSON and read back', async () => {
    const plan = planOfExample('components/http-request.workflow.json')
    const { end, requests } = await runPlan(plan, { vars, http: () => ({ status: 200 }) })
    expect(end).toMatchObject({ status: 'completed', output: { sent: 200, found: true } })
    expect(requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', 'https://api.test/orders?notify=true', '{"order":"A-1","amount":12.5}'],
      ['GET', 'https://api.test/orders/latest', null],
    ])
  })

  test('a report goes out in three encodings', async () => {
    const plan = planOfExample('components/http-request-bodies.workflow.json')
    const { end, requests } = await runPlan(plan, { vars, http: () => ({ status: 200 }) })
    expect(end).toMatchObject({ status: 'completed', output: { form: 200, upload: 200, bytes: 200 } })
    expect(requests.map(({ headers }) => headers['Content-Type']?.replace(/;.*/, ''))).toEqual([
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'text/csv',
    ])
  })
})

describe('the examples of generator', () => {
  const saying = (text: string) => () => ({ kind: 'answer' as const, text, usage: { total_tokens: 3 }, durationMs: 1 })

  test('a message is sorted by a schema and answered', async () => {
    const { end } = await runPlan(planOfExample('components/generator.workflow.json'), {
      ai: saying('{"category":"billing","urgent":false}'),
    })
    expect(end).toMatchObject({ status: 'completed', output: { category: 'billing', tokens: 3 } })
  })
})

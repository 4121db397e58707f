import { DrizzleQueryError } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { Problem } from '#core/contract/problem'
import { answerHeaders } from '../../../worker/http/answer-headers'
import { describeError } from '../../../worker/adapters/log/describe-error'
import { Hono } from 'hono'
import { deployed } from './deployed'
import { clientWith, newKey, newOrganization, sampleDefinition, send } from './support'

const json = { 'content-type': 'application/json' }

describe('every answer', () => {
  test.each(['/health', '/v1/openapi.json', '/v1/nothing', '/v1/me', '/docs', '/docs/errors', '/signal/x'])(
    '%s is neither sniffed, framed, stored nor told to other sites',
    async (path) => {
      const { headers } = await send(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('content-security-policy')).toMatch(/^default-src '(none|self)'.*frame-ancestors 'none'/)
      expect(headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  test('insists on https, but not in development', async () => {
    const secured = (environmentName: string) =>
      new Hono()
        .use(answerHeaders(environmentName))
        .get('/', (c) => c.text('x'))
        .request('/')
    expect((await secured('production')).headers.get('strict-transport-security')).toContain('max-age=')
    expect((await secured('development')).headers.has('strict-transport-security')).toBe(false)
  })

  test.each(['/health', '/docs', '/docs/errors', '/v1/openapi.json'])('%s only answers GET', async (path) => {
    const answer = await send(path, { method: 'POST' })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET')
    expect(Problem.parse(await answer.json()).code).toBe('method_not_allowed')
  })

  test('a method that an address does not answer is told all it answers, whatever else could be meant by it', async () => {
    const allowed = async (path: string) => {
      const answer = await send(path, { method: 'OPTIONS' })
      expect(answer.status).toBe(405)
      return answer.headers.get('allow')?.split(', ').toSorted()
    }
    expect(await allowed('/v1/workflows/run')).toContain('POST')
    expect(await allowed('/v1/workflows/run')).toContain('GET')
    expect(await allowed('/v1/workflows/run/batch')).toEqual(['POST'])
    expect(await allowed('/v1/me')).toEqual(['GET'])
  })

  test('below /webhook is a problem as well, also where no address can be (W-24)', async () => {
    const place = await deployed()
    const hook = new URL(place.deployment.webhookUrl ?? '').pathname
    for (const path of ['/webhook/', '/webhook/a/b', `${hook}/`, `${hook}/health`]) {
      const answer = await send(path, { method: 'POST', headers: json, body: '{"customerId":"c"}' })
      expect(answer.status).toBe(404)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
      expect(Problem.parse(await answer.json()).code).toBe('webhook_unknown')
    }
  })

  test('a fault is logged without the values of the query that failed', () => {
    const fault = new DrizzleQueryError('insert into users values (?)', ['hunter2'], new Error('D1_ERROR: too big'))
    expect(describeError(fault)).toBe('Error: D1_ERROR: too big in: insert into users values (?)')
  })
})

describe('a compressed body', () => {
  test.each(['gzip', 'br', 'x'])('%s is 415: nothing is inflated, nothing is guessed', async (coding) => {
    const { key } = await newOrganization()
    const headers = { ...json, authorization: `Bearer ${key}`, 'content-encoding': coding }
    const body = JSON.stringify({ definition: sampleDefinition('packed') })
    const answer = await send('/v1/workflows', { method: 'POST', headers, body })
    expect(answer.status).toBe(415)
    expect(Problem.parse(await answer.json()).code).toBe('unsupported_media_type')
  })
})

describe('the stored answer of a call', () => {
  test('is not told to other credentials, which may know less', async () => {
    const { key, session } = await newOrganization()
    const idempotencyKey = crypto.randomUUID()
    const body = { name: 'ci', scopes: ['deploy:*'] }
    expect(await clientWith(key).createKey({ body, idempotencyKey })).toMatchObject({ ok: true })
    const other = clientWith(await newKey(session, ['keys:write']))
    expect(await other.createKey({ body, idempotencyKey })).toMatchObject({
      problem: { code: 'idempotency_key_reused' },
    })
  })
})

import { describe, expect, it } from 'vitest'
import { jsonBody, openDoor, webhookEndpoint } from './webhook-door-bench'

const APP = 'https://app.example.com'
const endpoint = webhookEndpoint({
  method: ['POST', 'PUT'],
  authentication: { type: 'api_key', header: 'X-API-Key', key: 'k' },
  cors: { enabled: true, allowedOrigins: [APP], allowedMethods: [] },
})
const preflight = (origin: string, method = 'POST') => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': method,
    'access-control-request-headers': 'content-type, x-evil',
  },
})

describe('calls from web pages (S21, R-12)', () => {
  it('a preflight from an allowed origin is granted, needs no credentials, and starts nothing', async () => {
    const { call, started } = await openDoor([endpoint])
    const response = await call(preflight(APP))
    expect(response.status).toBe(204)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'POST, PUT',
      'access-control-allow-headers': 'Content-Type, Idempotency-Key, X-API-Key',
      vary: 'Origin',
    })
    expect(response.headers.get('access-control-allow-credentials')).toBeNull()
    expect(started).toEqual([])
  })

  it.for([
    'https://app.example.com.evil.com',
    'https://evilapp.example.com',
    'https://evil.app.example.com',
    'http://app.example.com',
    'https://app.example.com:8443',
    'null',
    'https://app.example.com/',
  ])('a preflight from %s is answered 204 without permission (T-09)', async (origin) => {
    const { call } = await openDoor([endpoint])
    const response = await call(preflight(origin))
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('vary')).toBe('Origin')
  })

  it('a preflight for a method that is not allowed gets no permission', async () => {
    const { call } = await openDoor([endpoint])
    expect((await call(preflight(APP, 'DELETE'))).headers.get('access-control-allow-methods')).toBeNull()
  })

  it('a webhook that has not opted in never grants anything', async () => {
    const { call } = await openDoor([webhookEndpoint()])
    for (const response of [await call(preflight(APP)), await call(jsonBody({}, { origin: APP }))]) {
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
      expect(response.headers.get('vary')).toBeNull()
    }
  })

  it('answers and refusals can be read by the allowed origin, and by no other', async () => {
    const { call } = await openDoor([endpoint])
    for (const [origin, allowed] of [
      [APP, APP],
      ['https://evil.com', null],
    ] as const) {
      const accepted = await call(jsonBody({}, { origin, 'x-api-key': 'k' }))
      const refused = await call(jsonBody({}, { origin, 'x-api-key': 'wrong' }))
      expect([accepted.status, refused.status]).toEqual([200, 401])
      expect(accepted.headers.get('access-control-allow-origin')).toBe(allowed)
      expect(refused.headers.get('access-control-allow-origin')).toBe(allowed)
    }
  })

  it('a preflight at an unknown address is 404', async () => {
    const { door } = await openDoor([endpoint])
    expect((await door(new Request('https://millrace.test/webhook/nowhere', preflight(APP)))).status).toBe(404)
  })
})

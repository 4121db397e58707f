import { describe, expect, it } from 'vitest'
import { createFrontDoor } from '../../../worker/http/front-door'

const doorOf = (changes: Partial<Parameters<typeof createFrontDoor>[0]> = {}) => {
  const door = createFrontDoor({
    environmentName: 'production',
    publicUrl: 'https://millrace.example.com',
    hooksUrl: '',
    requestId: () => 'req_1',
    ...changes,
  })
  return (url: string, init: RequestInit = {}) => door(new Request(url, init), new URL(url))
}

describe('plain http outside development', () => {
  it.for(['/', '/workflows/1?tab=runs', '/docs', '/health'])('is led on to https where a browser looks: %s', (path) => {
    const answer = doorOf()(`http://millrace.example.com${path}`)
    expect(answer?.status).toBe(308)
    expect(answer?.headers.get('location')).toBe(`https://millrace.example.com${path}`)
  })

  it.for([
    ['/v1/workflows', {}],
    ['/webhook/x', { method: 'POST' }],
    ['/signal/x', {}],
    ['/', { method: 'POST' }],
    ['/health', { headers: { authorization: 'Bearer not-a-real-one' } }],
  ] as const)('is refused where a credential may have been sent: %s %o', async ([path, init]) => {
    const answer = doorOf()(`http://millrace.example.com${path}`, init)
    expect(answer?.status).toBe(403)
    expect(await answer?.json()).toMatchObject({ code: 'https_required', hint: expect.stringContaining('https') })
  })

  it('is what staging is held to as well, and development is not', () => {
    expect(doorOf({ environmentName: 'staging' })('http://millrace.example.com/')?.status).toBe(308)
    expect(doorOf({ environmentName: 'development' })('http://127.0.0.1:8787/v1/workflows')).toBeNull()
    expect(doorOf()('https://millrace.example.com/v1/workflows')).toBeNull()
  })
})

describe('a host for webhooks (T-17)', () => {
  const apart = { hooksUrl: 'https://hooks.example.net' }

  it.for(['/v1/me', '/docs', '/', '/signal/x', '/webhooks', '/v1/../v1/keys'])(
    'answers nothing else: %s',
    async (path) => {
      const answer = doorOf(apart)(`https://hooks.example.net${path}`)
      expect(answer?.status).toBe(404)
      expect(await answer?.json()).toMatchObject({ code: 'route_unknown' })
    },
  )

  it('answers webhooks, which no other host does any more', async () => {
    expect(doorOf(apart)('https://hooks.example.net/webhook/x')).toBeNull()
    for (const host of ['millrace.example.com', 'hooks.example.net.evil.example', 'hooks.example.net:8443']) {
      const answer = doorOf(apart)(`https://${host}/webhook/x`)
      expect(answer?.status).toBe(404)
      expect((await answer?.arrayBuffer())?.byteLength).toBe(512)
    }
    expect(doorOf(apart)('https://millrace.example.com/v1/me')).toBeNull()
  })

  it('that is the same as everybody’s changes nothing', () => {
    const same = doorOf({ hooksUrl: 'https://millrace.example.com/' })
    for (const path of ['/webhook/x', '/v1/me']) expect(same(`https://millrace.example.com${path}`)).toBeNull()
  })
})

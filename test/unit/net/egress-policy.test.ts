import { describe, expect, it } from 'vitest'
import { parseDevelopmentEgress } from '../../../worker/adapters/net/development-egress'
import { type EgressPolicy, judgeUrl } from '../../../worker/adapters/net/egress-policy'
import { ALLOWED_FORMS, DENIED_FORMS } from '../../support/egress-forms'

const policy: EgressPolicy = { ownHosts: new Set(['millrace.example.com']), allowHosts: new Set(), hostMap: new Map() }

/** What a stage's URL leads to: a verdict, or no URL at all. */
function verdict(text: string, used = policy): 'allowed' | 'denied' {
  return URL.canParse(text) && judgeUrl(new URL(text), used).allowed ? 'allowed' : 'denied'
}

describe('addresses that are refused everywhere (N-01)', () => {
  it.for(DENIED_FORMS)('%s is refused (N-01)', (url) => {
    expect(verdict(url)).toBe('denied')
  })
})

describe('addresses that only look dangerous', () => {
  it.for(ALLOWED_FORMS)('%s is allowed (N-01)', (url) => {
    expect(verdict(url)).toBe('allowed')
  })
})

describe('development settings', () => {
  const settings = {
    ENVIRONMENT: 'development',
    MILLRACE_DEV_ALLOW_HOSTS: '127.0.0.1:9001, [::1]:9002,localhost:3000,',
    MILLRACE_DEV_HOST_MAP: 'api.github.com=http://127.0.0.1:9001,K8S.example.com = http://127.0.0.1:9002/base/',
  }
  const development = { ...policy, ...parseDevelopmentEgress(settings) }

  it('allow exactly the host and port they name (T-09)', () => {
    expect(
      ['http://127.0.0.1:9001/a', 'http://[::1]:9002/', 'http://localhost:3000/', 'http://2130706433:9001/'].map((u) =>
        verdict(u, development),
      ),
    ).toEqual(Array(4).fill('allowed'))
    expect(
      ['http://127.0.0.1:9002/', 'http://127.0.0.1/', 'http://127.0.0.2:9001/', 'ftp://127.0.0.1:9001/'].map((u) =>
        verdict(u, development),
      ),
    ).toEqual(Array(4).fill('denied'))
  })

  it.for([
    ['https://api.github.com/repos/a/b?x=1', 'http://127.0.0.1:9001/repos/a/b?x=1', 'api.github.com'],
    ['http://API.github.com.:1234/x', 'http://127.0.0.1:9001/x', 'api.github.com.:1234'],
    ['https://k8s.example.com:6443/apis', 'http://127.0.0.1:9002/base/apis', 'k8s.example.com:6443'],
    ['https://api.github.com//evil.com/x', 'http://127.0.0.1:9001//evil.com/x', 'api.github.com'],
    ['https://api.github.com/..//%2e%2e/x', 'http://127.0.0.1:9001/x', 'api.github.com'],
  ] as const)('%s goes to its stand-in at %s', ([url, target, host]) => {
    const judged = judgeUrl(new URL(url), development)
    expect(judged.allowed && { target: judged.target.href, host: judged.forwardedHost }).toMatchObject({ host })
    expect(judged.allowed && judged.target.host).toBe(new URL(target).host)
    expect(judged.allowed && judged.target.href).toBe(target)
  })

  it('do not extend to names that merely contain a mapped one (T-09)', () => {
    const judged = judgeUrl(new URL('https://api.github.com.example.com/'), development)
    expect(judged).toMatchObject({ allowed: true, forwardedHost: null })
  })

  it.for(['staging', 'production', '', undefined])('are refused at start when ENVIRONMENT is "%s"', (environment) => {
    for (const name of ['MILLRACE_DEV_ALLOW_HOSTS', 'MILLRACE_DEV_HOST_MAP'] as const) {
      const given = { [name]: settings[name], ...(environment === undefined ? {} : { ENVIRONMENT: environment }) }
      expect(() => parseDevelopmentEgress(given)).toThrow(`${name} is set, but it is only for ENVIRONMENT=development`)
    }
  })

  it('may be absent or empty anywhere', () => {
    const nothing = { allowHosts: new Set(), hostMap: new Map() }
    expect(parseDevelopmentEgress({ ENVIRONMENT: 'production', MILLRACE_DEV_HOST_MAP: ' , ' })).toEqual(nothing)
    expect(parseDevelopmentEgress({})).toEqual(nothing)
  })

  it.for([
    ['MILLRACE_DEV_ALLOW_HOSTS', 'localhost'],
    ['MILLRACE_DEV_ALLOW_HOSTS', 'localhost:0'],
    ['MILLRACE_DEV_ALLOW_HOSTS', 'localhost:99999'],
    ['MILLRACE_DEV_ALLOW_HOSTS', 'http://localhost:80'],
    ['MILLRACE_DEV_ALLOW_HOSTS', '*:80'],
    ['MILLRACE_DEV_HOST_MAP', 'api.github.com'],
    ['MILLRACE_DEV_HOST_MAP', '=http://127.0.0.1:1'],
    ['MILLRACE_DEV_HOST_MAP', 'a.com=127.0.0.1:1'],
    ['MILLRACE_DEV_HOST_MAP', 'a.com=file:///etc'],
    ['MILLRACE_DEV_HOST_MAP', '*.com=http://127.0.0.1:1'],
  ] as const)('%s=%s is refused at start, naming the entry', ([name, value]) => {
    expect(() => parseDevelopmentEgress({ ENVIRONMENT: 'development', [name]: value })).toThrow(`${name}: "${value}"`)
  })
})

import { describe, expect, it } from 'vitest'
import { parseDevelopmentEgress } from '../../../worker/adapters/net/development-egress'
import { type EgressPolicy, judgeUrl } from '../../../worker/adapters/net/egress-policy'

const policy: EgressPolicy = { ownHosts: new Set(['millrace.example.com']), allowHosts: new Set(), hostMap: new Map() }

/** What a stage's URL leads to: a verdict, or no URL at all. */
function verdict(text: string, used = policy): 'allowed' | 'denied' {
  return URL.canParse(text) && judgeUrl(new URL(text), used).allowed ? 'allowed' : 'denied'
}

describe('addresses that are refused everywhere (N-01)', () => {
  it.for([
    // loopback and any
    'http://127.0.0.1/',
    'http://127.1/',
    'http://127.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://017700000001/',
    'http://0/',
    'http://0.0.0.0/',
    'http://127.0.0.1./',
    'http://127.255.255.254/',
    'http://①②⑦.⓪.⓪.①/',
    'http://１２７.０.０.１/',
    'http://127。0。0。1/',
    'http://%31%32%37.0.0.1/',
    'http://127%2e0%2e0%2e1/',
    // private, link-local, metadata, shared
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://100.64.0.1/',
    'http://100.100.100.200/',
    'http://192.0.0.192/',
    'http://198.18.0.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    // version 6, mapped, translated, tunnelled
    'http://[::1]/',
    'http://[::]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::127.0.0.1]/',
    'http://[::ffff:0:127.0.0.1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[64:ff9b:1::1]/',
    'http://[2002:7f00:1::]/',
    'http://[2001:0:7f00:1::]/',
    'http://[fe80::1]/',
    'http://[fc00::1]/',
    'http://[fd00:ec2::254]/',
    'http://[ff02::1]/',
    'http://[2606:4700::1111]/',
    'http://1.1.1.1/',
    // names that mean them
    'http://localhost/',
    'http://LOCALHOST/',
    'http://localhost./',
    'http://a.localhost/',
    'http://printer.local/',
    'http://x.internal/',
    'http://metadata.google.internal/',
    'http://router.home.arpa/',
    'http://nas.lan/',
    'http://git.corp/',
    'http://kubernetes/',
    'http://metadata/',
    'http://kubernetes.default.svc.internal/',
    'http://kubernetes.default.svc/',
    'http://db.localdomain/',
    'http://make-127.0.0.1-rr.1u.ms/',
    'http://7f000001.c0a80001.rbndr.us/',
    'http://127.0.0.1.nip.io/',
    'http://a.127-0-0-1.sslip.io/',
    'http://localtest.me/',
    'http://x.lvh.me/',
    'http://tunnel.cfargotunnel.com/',
    'http://ｌｏｃａｌｈｏｓｔ/',
    // other schemes
    'file:///etc/passwd',
    'ftp://example.com/',
    'gopher://example.com/',
    'data:text/plain,x',
    'javascript:alert(1)',
    'ws://example.com/',
    'blob:https://example.com/x',
    'about:blank',
    'dict://example.com:80/',
    // ports
    'http://example.com:22/',
    'http://example.com:25/',
    'http://example.com:6379/',
    'https://example.com:9200/',
    'http://example.com:0/',
    'http://example.com:65535/',
    'http://example.com:3000/',
    // users, white space, and parsers that disagree
    'http://user@example.com/',
    'http://user:pass@example.com/',
    'http://:pass@example.com/',
    'http://example.com@127.0.0.1/',
    'http://example.com%40127.0.0.1/',
    'http://127.0.0.1#@example.com/',
    'http://127.0.0.1\\@example.com/',
    'http:\\\\127.0.0.1\\',
    'http:127.0.0.1/',
    'http:///127.0.0.1/',
    ' http://127.0.0.1/ ',
    'h\ttt\np://127.0.0.1/',
    'http://127.0.0.1%00.example.com/',
    'http://exa mple.com/',
    'http://[::1]:80@example.com/',
    'http://',
    '//127.0.0.1/',
    'example.com',
    // ourselves, and lengths
    'https://millrace.example.com/v1/keys',
    'https://MILLRACE.example.com./',
    `https://example.com/${'a'.repeat(2_048)}`,
  ])('%s', (url) => {
    expect(verdict(url)).toBe('denied')
  })
})

describe('addresses that only look dangerous', () => {
  it.for([
    'https://example.com/',
    'http://example.com/',
    'http://example.com:8080/',
    'https://example.com:8443/',
    'https://example.com./',
    'https://localhost.example.com/',
    'https://notlocalhost.com/',
    'https://internal.example.com/',
    'https://local.example.org/',
    'https://10.example.com/',
    'https://127.0.0.1.example.com/',
    'https://metadata.example.com/',
    'https://xn--bcher-kva.example/',
    'https://bücher.example/',
    'https://my_bucket.s3.amazonaws.com/',
    'https://millrace.example.com.evil.com/',
    'https://other.millrace.example.com/',
    'https://example.com/http://127.0.0.1/',
    'https://example.com/?u=http://127.0.0.1/',
    'https://example.com/#@127.0.0.1',
    'https://example.com\\@127.0.0.1/',
    'https://snip.io/',
    'https://a1.b2.c3/',
  ])('%s is allowed', (url) => {
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

  it('allow exactly the host and port they name', () => {
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

  it('do not extend to names that merely contain a mapped one', () => {
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

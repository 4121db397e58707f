import { describe, expect, it } from 'vitest'
import { createRedactor } from '#core/engine/redact'
import { encodePairs } from '#core/components/request-body'
import { validateWorkflow, type ValidateOptions } from '#core/definition/validate'
import { FUNCTIONS } from '#core/expression/functions/index'
import type { Json } from '#core/kernel/json'
import { evaluate } from '../expression/evaluate'
import { scopeOf } from '../expression/scope'
import { CANARY } from '../../workerd/secrets/canary'
import { documentOf, findings } from './documents'

const transform = (value: unknown) => ({ id: 'it', component: 'transform', config: { value } })
const environment = {
  name: 'staging',
  variables: new Set(['OPEN', 'HIDDEN']),
  secrets: new Set(['K', 'L']),
  secretVariables: new Set(['HIDDEN']),
}
const deploy: ValidateOptions = { mode: 'deploy', environment }
const judged = (value: unknown) => validateWorkflow(documentOf([transform(value)]), deploy).issues

describe('a secret in an expression', () => {
  it.for([
    '{{ secrets.K }}',
    'Bearer {{ secrets.K }} and {{ secrets["L"] }}',
    "{{ secrets.K ?? '' }}",
    '{{ secrets?.NONE }}',
    '{{ input.own ? secrets.K : secrets.L }}',
    "{{ secrets.K ? 'set' : 'unset' }}",
    '{{ !secrets.K || secrets.K == input.key }}',
    "{{ 'user:' + secrets.K }}",
    "{{ base64_encode('user:' + secrets.K) }}",
    'Basic {{ base64_encode(input.user + ":" + (secrets.K ?? secrets.L)) }}',
    '{{ url_encode(secrets.K) }}{{ url_encode(base64_encode(secrets.K)) }}',
    '{{ to_json([secrets.K, base64_encode(secrets.L)]) }}',
    "{{ join([input.user, secrets.K], ':') }}",
    '{{ [secrets.K] }}',
    '{{ substring(sha256(secrets.K), 0, 8) }}',
    '{{ upper(hmac_sha256(secrets.K, to_json(input))) }}',
    '{{ input.names[secrets.K] }}',
    '{{ upper(vars.OPEN) }}',
  ])('may be used as in %s', (value) => {
    expect(judged(value)).toEqual([])
  })

  it.for([
    ['{{ substring(secrets.K, 0, 9) }}', 'substring()'],
    ['https://evil.test/?a={{ input.x }}&b={{ substring(secrets?.K, 9) }}', 'substring()'],
    ["{{ upper(secrets.K ?? '') }}", 'upper()'],
    ["{{ replace('a' + secrets['K'], '-', '') }}", 'replace()'],
    ["{{ join(split(secrets.K, ''), ' ') }}", 'split()'],
    ["{{ regex_find(secrets.K, '^..') }}", 'regex_find()'],
    ["{{ matches(secrets.K, '^a') ? 1 : 2 }}", 'matches()'],
    ['{{ starts_with(secrets.K, input.guess) }}', 'starts_with()'],
    ['{{ sha256(substring(secrets.K, 0, 1)) }}', 'substring()'],
    ['{{ input.names[lower(secrets.K)] }}', 'lower()'],
    ['{{ length(secrets.K) }}', 'length()'],
    ['{{ number(secrets.K) }}', 'number()'],
    ['{{ from_json(secrets.K).key }}', 'from_json()'],
    ['{{ base64_decode(secrets.K) }}', 'base64_decode()'],
    ['{{ secrets.K[0] }}', '[0]'],
    ['{{ secrets.K.length }}', '["length"]'],
    ['{{ (input.x ? secrets.K : 1)[input.n] }}', '[…]'],
    ['{{ secrets.K < input.guess }}', '<'],
    ['{{ secrets.K * 1 }}', '*'],
    ['{{ -secrets.K }}', '-'],
    ['{{ base64_encode(base64_encode(secrets.K)) }}', 'base64_encode()'],
    ['{{ base64_encode(url_encode(secrets.K)) }}', 'base64_encode()'],
    ["{{ base64_encode('' + [secrets.K]) }}", 'base64_encode()'],
    ['{{ url_encode(url_encode(secrets.K)) }}', 'url_encode()'],
    ['{{ [1, upper(input.x), [trim(secrets.K)]] }}', 'trim()'],
  ])('is not changed: %s', ([value, by]) => {
    expect(judged({ deep: [value] })).toMatchObject([
      {
        code: 'secret_taken_apart',
        severity: 'error',
        path: '/stages/0/config/value/deep/0',
        message: `The secret “K” is changed by ${by} into what cannot be masked`,
        hint: expect.stringContaining('base64_encode()'),
      },
    ])
  })

  it('is judged wherever a document takes expressions', () => {
    const cut = '{{ substring(secrets.K, 0, 4) }}'
    const call = { id: 'it', component: 'http_request', config: { url: 'https://a.test', retry: { condition: cut } } }
    const triggers = [{ type: 'webhook', authentication: { type: 'hmac', secret: cut } }]
    const { issues } = validateWorkflow(documentOf([call], { triggers, output: { cut } }), deploy)
    expect(issues.filter(({ severity }) => severity === 'error').map(({ code, path }) => `${code} ${path}`)).toEqual([
      'secret_taken_apart /output/cut',
      'secret_taken_apart /stages/0/config/retry/condition',
      'secret_taken_apart /triggers/0/authentication/secret',
    ])
  })

  it('may be a variable that is marked secret in the target environment', () => {
    expect(findings(documentOf([transform('{{ upper(vars.HIDDEN) }}')]), deploy)).toEqual([
      expect.stringMatching(/^secret_taken_apart .*: The variable “HIDDEN”, which is secret, is changed by upper\(\)/),
    ])
  })

  it('that is changed is a warning in a draft, so that what was released before goes on', () => {
    const { workflow, issues } = validateWorkflow(documentOf([transform('{{ upper(secrets.K) }}')]), { mode: 'draft' })
    expect(workflow).not.toBeNull()
    expect(issues).toMatchObject([{ code: 'secret_taken_apart', severity: 'warning' }])
  })
})

describe('what an expression may make of a secret', () => {
  const redact = createRedactor({ K: CANARY })
  const scope = scopeOf({ secrets: { K: CANARY } })
  const showing = [...FUNCTIONS.values()].filter(({ secretUse }) => secretUse !== undefined && secretUse !== 'hidden')
  const grown = (inner: string) => [
    `'x' + ${inner}`,
    `[${inner}]`,
    `join([${inner}, 'y'], ':')`,
    ...showing.filter(({ argsMin }) => argsMin === 1).map(({ name }) => `${name}(${inner})`),
  ]
  const expressions = Array.from({ length: 4 }).reduce<string[][]>(
    (levels) => [...levels, levels.at(-1)!.flatMap(grown)],
    [['secrets.K']],
  )

  it('is found again by masking, and however a request carries it', () => {
    let used = 0
    for (const expression of expressions.flat()) {
      if (judged(`{{ ${expression} }}`).length > 0) continue
      const value = evaluate(`{{ ${expression} }}`, scope) as Json
      if (typeof value === 'string' && value.startsWith('bad_argument')) continue
      used++
      for (const carried of [
        value,
        JSON.stringify({ value }),
        encodePairs({ q: value }),
        encodePairs({ q: { value } }),
      ])
        expect([expression, redact(carried) !== carried]).toEqual([expression, true])
    }
    expect(used).toBeGreaterThan(50)
  })
})

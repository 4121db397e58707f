import type { Json } from '#core/kernel/json'

type Stages = readonly { readonly [key: string]: Json }[]

/** Stages of which one is the component in question, how their execution ends, and what else the document says. */
export type CanaryCase = {
  readonly ends: 'completed' | 'failed'
  readonly stages: Stages
  readonly more?: { readonly [key: string]: Json }
}

const S = '{{ secrets.CANARY }}'
/** The same text under a name that may be taken apart, so that what refuses it repeats it. */
const NOT_A_NUMBER = '{{ number(vars.TOLD) }}'
const say = (id: string, more: object = {}) => ({
  id,
  component: 'logger',
  config: { message: `${id}: ${S}` },
  ...more,
})
const stage = (component: string, config: Json, more: object = {}) => ({ id: 'it', component, config, ...more })
const completed = (...stages: object[]): CanaryCase => ({ ends: 'completed', stages: stages as unknown as Stages })
const failed = (...stages: object[]): CanaryCase => ({ ends: 'failed', stages: stages as unknown as Stages })

const request = (path: string, more: object = {}) =>
  stage('http_request', {
    url: `https://echo.example.com/${path}`,
    method: 'POST',
    headers: { 'X-Key': '{{ base64_encode(secrets.CANARY) }}' },
    query: { q: S },
    body: { token: S, nested: [{ deep: S }], key: '{{ base64_encode(secrets.CANARY) }}' },
    auth: { type: 'basic', username: 'bob', password: S },
    retry: { max_attempts: 2, delay_seconds: 0 },
    ...more,
  })

const source = (end: string) => `export default async function (inputs, { secrets, log, fetch }) {
  const key = secrets.CANARY
  const bytes = new TextEncoder().encode(key)
  const base64 = btoa(String.fromCharCode(...bytes))
  const told = { key, [key]: 1, base64, json: JSON.stringify({ key }), uri: encodeURIComponent(key),
    hex: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') }
  console.log('console', key, told)
  console.error(new Error(key))
  log('warn', 'log ' + key, told)
  const answer = await fetch('https://echo.example.com/code', { method: 'POST', body: JSON.stringify(told) })
  told.answer = await answer.text()
  ${end}
}`

/**
 * Two ends of every component of the registry, with the canary in each of its texts. A component that is not here fails
 * canary.test.ts.
 */
export const canaryCases: Readonly<Record<string, readonly CanaryCase[]>> = {
  http_request: [
    completed(request('works'), {
      ...stage('transform', { value: '{{ stages.call.output }}' }),
      id: 'after',
      depends_on: ['it'],
      config: { value: '{{ stages.it.output.body }}' },
    }),
    completed(request('large')),
    completed(request('split')),
    failed(request('fails')),
    failed(request('throws')),
    failed(request('hangs', { timeout: 1_000, retry: { max_attempts: 1, delay_seconds: 0 } })),
    failed(
      stage('http_request', { url: `https://bob:{{ url_encode(secrets.CANARY) }}@echo.example.com/`, method: 'GET' }),
    ),
    failed(stage('http_request', { url: `${S}://x`, method: 'GET' })),
    failed(request('works', { headers: { 'X-Key': S } })),
    failed(request('works', { retry: { max_attempts: 1, delay_seconds: 0, condition: '{{ output.body.token }}' } })),
    failed(
      request('works', {
        method: 'GET',
        body: null,
        pagination: { next: '{{ [secrets.CANARY] }}', items: '{{ output.body }}' },
      }),
    ),
  ],
  code: [
    completed(stage('code', { source: source('return told'), inputs: { key: S }, secrets: ['CANARY'] })),
    failed(
      stage('code', {
        source: source("throw Object.assign(new Error('It was ' + key), { cause: key })"),
        secrets: ['CANARY'],
      }),
    ),
    failed(stage('code', { source: source('return key.missing[key]'), secrets: ['CANARY'] })),
    failed(stage('code', { source: source('await new Promise(() => {})'), secrets: ['CANARY'], timeout: 1_000 })),
  ],
  generator: [
    completed(stage('generator', { model: 'm', system_prompt: S, prompt: `Repeat ${S}` })),
    failed(
      stage('generator', { model: 'refuse', prompt: `Repeat ${S}`, retry: { max_attempts: 1, delay_seconds: 0 } }),
    ),
    failed(
      stage('generator', {
        model: 'm',
        prompt: `Repeat ${S}`,
        schema: { type: 'object', required: ['x'] },
        retry: { max_attempts: 1, delay_seconds: 0 },
      }),
    ),
  ],
  transform: [
    completed(
      stage('transform', {
        value: {
          [`key`]: S,
          list: [S, { hex: '{{ sha256(secrets.CANARY) }}' }],
          json: '{{ to_json([secrets.CANARY]) }}',
        },
      }),
    ),
    completed(
      stage('transform', {
        value: '{{ [secrets.CANARY, base64_encode(secrets.CANARY) + url_encode(secrets.CANARY)] }}',
      }),
    ),
    failed(stage('transform', { value: NOT_A_NUMBER })),
    failed(stage('transform', { value: '{{ from_json(vars.TOLD) }}' })),
  ],
  logger: [
    completed(stage('logger', { level: 'error', message: `It is ${S}`, fields: { key: S } })),
    failed(stage('logger', { level: S, message: S })),
  ],
  conditional: [
    completed(
      stage('conditional', { condition: "{{ secrets.CANARY != '' }}", if_true: ['yes'], if_false: [] }),
      say('yes'),
    ),
    failed(stage('conditional', { condition: S, if_true: ['yes'], if_false: [] }), say('yes')),
  ],
  switch: [
    completed(stage('switch', { value: S, cases: [{ when: S, then: ['yes'] }] }), say('yes')),
    failed(stage('switch', { value: NOT_A_NUMBER, cases: [{ when: S, then: ['yes'] }] }), say('yes')),
  ],
  trycatch: [
    completed(
      stage('trycatch', { try: ['bad'], catch: ['caught'], finally: ['end'] }),
      { id: 'bad', component: 'transform', config: { value: NOT_A_NUMBER } },
      { id: 'caught', component: 'transform', config: { value: { why: '{{ stages.bad.error }}', key: S } } },
      say('end'),
    ),
    failed(
      stage('trycatch', { try: ['bad'], catch: ['worse'], finally: ['end'] }),
      { id: 'bad', component: 'transform', config: { value: NOT_A_NUMBER } },
      {
        id: 'worse',
        component: 'transform',
        config: { value: '{{ number(to_json(stages.bad.error) + vars.TOLD) }}' },
      },
      say('end'),
    ),
  ],
  parallel: [
    completed(stage('parallel', { branches: [['a'], ['b']] }), say('a'), say('b')),
    failed(stage('parallel', { branches: [['a'], ['b']] }), say('a'), {
      id: 'b',
      component: 'transform',
      config: { value: NOT_A_NUMBER },
    }),
  ],
  foreach: [
    completed(stage('foreach', { items: [S, { key: S }], do: ['a'] }), {
      id: 'a',
      component: 'transform',
      config: { value: { item: '{{ item }}', key: S } },
    }),
    failed(stage('foreach', { items: [S], do: ['a'] }), {
      id: 'a',
      component: 'transform',
      config: { value: NOT_A_NUMBER },
    }),
    failed(stage('foreach', { items: S, do: ['a'] }), say('a')),
  ],
  delay: [
    completed(stage('delay', { seconds: 0 }), say('after', { depends_on: ['it'] })),
    failed(stage('delay', { until: S })),
  ],
  wait_for_signal: [
    completed(stage('wait_for_signal', { signal: 'go', timeout_seconds: 1, default: { key: S } })),
    failed(stage('wait_for_signal', { signal: S })),
  ],
  respond: [
    completed(
      stage('respond', { status: 200, headers: { 'X-Key': '{{ base64_encode(secrets.CANARY) }}' }, body: { key: S } }),
    ),
    failed(stage('respond', { body: S, headers: { 'X-Key': S } })),
  ],
  workflow: [
    completed(stage('workflow', { workflow: 'canary-child', input: { key: S, deep: [S] } })),
    failed(stage('workflow', { workflow: 'canary-child', input: { key: S, fail: true } })),
    failed(stage('workflow', { workflow: S, input: {} })),
  ],
}

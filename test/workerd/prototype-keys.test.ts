import { describe, expect, it } from 'vitest'
import type { Json } from '#core/kernel/json'
import { newPlace } from './api/deploy-document'
import { send } from './api/support'
import { fakeNetwork, publish, runnerOn } from './support/run-release'
import { jsonBody, openDoor } from './webhook-door-bench'

const POLLUTING =
  '{"__proto__":{"polluted":1,"toString":"x"},"constructor":{"prototype":{"polluted":1}},"prototype":{"polluted":1},"a":{"__proto__":{"polluted":1}}}'
const payload = () => JSON.parse(POLLUTING) as Json
const NAMES = ['__proto__', 'constructor', 'prototype']

/** What every object of this isolate would have if one of them had been believed. */
function expectUnpolluted() {
  expect([({} as Record<string, unknown>)['polluted'], Object.keys(Object.prototype)]).toEqual([undefined, []])
}

describe('keys that mean something to a program (T-10)', () => {
  it('are data in a form, a query and headers of a webhook', async () => {
    const { call, started } = await openDoor()
    const form = '__proto__=1&__proto__[polluted]=1&constructor.prototype.polluted=1&__proto__=2'
    const headers: [string, string][] = [
      ['content-type', 'application/x-www-form-urlencoded'],
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]
    await call({ body: form, headers }, `?${form}`)
    const [{ payload: input, cause }] = started as [(typeof started)[0]]
    const fields = '{"__proto__":["1","2"],"__proto__[polluted]":"1","constructor.prototype.polluted":"1"}'
    expect(input).toBe(fields)
    expect(JSON.stringify(cause.request?.query)).toBe(fields)
    expect(JSON.stringify(cause.request?.headers)).toContain('"__proto__":"x"')
    expect(Object.getPrototypeOf(cause.request?.headers)).toBe(Object.prototype)
    expectUnpolluted()
  })

  it('are data in JSON, and stay so on their way through a shard and every kind of stage', async () => {
    const { call, started } = await openDoor()
    await call(jsonBody(payload()))
    const network = fakeNetwork()
    network.answer = () => ({
      kind: 'response',
      status: 200,
      headers: JSON.parse('{"content-type":"application/json","__proto__":"x","constructor":"y"}') as Record<
        string,
        string
      >,
      text: POLLUTING,
      durationMs: 1,
    })
    const release = await publish({ name: 'polluting', triggers: [{ type: 'manual' }], stages: STAGES, output: OUTPUT })
    const seq = await release.start({}, { payload: started[0]!.payload })
    await release.serve(runnerOn(network))
    const { status, output, error } = await release.end(seq)
    expect([status, error]).toEqual(['completed', null])
    const own = output as Record<string, Json>
    for (const name of ['input', 'merged', 'fetched', 'code']) expect(JSON.stringify(own[name]), name).toBe(POLLUTING)
    expect(JSON.stringify(own['each'])).toBe(`[${POLLUTING},${POLLUTING}]`)
    expect(own['seen']).toEqual({ polluted: null, text: '[object Object]', own: true, plain: true })
    expect(own['polluted']).toBe('nothing')
    expect(network.sent[0]?.body).toBe(POLLUTING)
    expectUnpolluted()
  })

  it('lead a pagination nowhere', async () => {
    const network = fakeNetwork()
    network.answer = () => ({
      kind: 'response',
      status: 200,
      headers: { 'content-type': 'application/json' },
      text: POLLUTING,
      durationMs: 1,
    })
    const pagination = { next: '{{ output.body }}', items: '{{ [output.body] }}', max_pages: 3 }
    const config = { url: 'https://a.test/list', pagination, retry: { max_attempts: 1 } }
    const release = await publish({ name: 'pages', stages: [{ id: 'list', component: 'http_request', config }] })
    const seq = await release.start()
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ error: { code: 'pagination_invalid' } })
    expect(new Set(network.sent.map(({ url }) => new URL(url).host))).toEqual(new Set(['a.test']))
    expectUnpolluted()
  })

  it('are no ids, and no names of variables and secrets', async () => {
    const { client, key } = await newPlace()
    const stage = (id: string, more: object = {}) => ({ id, component: 'transform', config: { value: 1 }, ...more })
    for (const name of NAMES) {
      const documents = [
        { triggers: [{ type: 'manual' }], stages: [stage(name)] },
        { triggers: [{ type: 'manual' }], stages: [stage('a', { depends_on: [name] })] },
        { triggers: [{ type: 'manual', id: name }], stages: [stage('a')] },
        { triggers: [{ type: 'manual' }], stages: [stage('a', { component: name })] },
        { triggers: [{ type: name }], stages: [stage('a')] },
        { triggers: [{ type: 'manual' }], stages: [stage('a', { config: { value: `{{ vars.${name} }}` } })] },
        JSON.parse(`{"stages":[{"id":"a","component":"transform","config":{"value":1},"${name}":1}]}`) as object,
        JSON.parse(`{"settings":{"${name}":1},"stages":[{"id":"a","component":"transform"}]}`) as object,
      ]
      for (const document of documents) {
        const answer = await client.validateWorkflow({ body: { definition: { name: 'names', ...document } } })
        expect([JSON.stringify(document), answer.ok && answer.body.valid]).toEqual([JSON.stringify(document), false])
      }
      for (const kind of ['variables', 'secrets']) {
        const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
        const body = `{"${kind}":{"${name}":"a long enough value"}}`
        const answer = await send(`/v1/environments/production/${kind}`, { method: 'PUT', headers, body })
        expect([kind, name, answer.status]).toEqual([kind, name, 422])
      }
    }
    expectUnpolluted()
  })
})

const STAGES = [
  { id: 'copy', component: 'transform', config: { value: '{{ input }}' } },
  {
    id: 'merge',
    component: 'transform',
    depends_on: ['copy'],
    config: { value: '{{ merge(merge(input, stages.copy.output), from_json(to_json(input))) }}' },
  },
  {
    id: 'fetch',
    component: 'http_request',
    depends_on: ['merge'],
    config: { url: 'https://a.test/', method: 'POST', body: '{{ stages.merge.output }}' },
  },
  {
    id: 'run',
    component: 'code',
    depends_on: ['merge'],
    config: {
      inputs: { given: '{{ stages.merge.output }}' },
      source: `const { given } = inputs
        const seen = { polluted: ({}).polluted ?? null, text: String({}), own: Object.hasOwn(given, '__proto__'),
          plain: Object.getPrototypeOf(given) === Object.prototype }
        return { given, seen }`,
    },
  },
  {
    id: 'each',
    component: 'foreach',
    depends_on: ['merge'],
    config: { items: ['{{ stages.merge.output }}', '{{ input }}'], do: ['one'] },
  },
  { id: 'one', component: 'transform', config: { value: '{{ item }}' } },
  { id: 'say', component: 'logger', config: { message: 'x', fields: '{{ input }}' } },
]
const OUTPUT = {
  input: '{{ input }}',
  merged: '{{ stages.merge.output }}',
  fetched: '{{ stages.fetch.output.body }}',
  code: '{{ stages.run.output.given }}',
  seen: '{{ stages.run.output.seen }}',
  each: '{{ stages.each.output.results }}',
  polluted: "{{ input.polluted ?? stages.merge.output.polluted ?? stages.fetch.output.headers.polluted ?? 'nothing' }}",
}

import type { HttpAnswer } from '#core/components/context'
import type { Json } from '#core/kernel/json'
import type { Scenario } from './scenario'

const URL = 'https://api.example.com/'

function request(id: string, depends_on: string[] = [], config: Record<string, Json> = {}, more: object = {}): Json {
  return {
    id,
    component: 'http_request',
    depends_on,
    config: { url: `${URL}${id}`, method: 'POST', body: { id }, ...config },
    ...more,
  }
}

function failing(status: number): HttpAnswer {
  return { kind: 'response', status, headers: { 'content-type': 'application/json' }, text: '{}', durationMs: 1 }
}

const chain = [request('first'), request('second', ['first']), request('third', ['second'])]

/** Representative workflows, each run once for every call that could be killed. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'three unsafe requests in a row',
    stages: chain,
    ends: ['completed'],
    effects: ['first', 'second', 'third'],
  },
  {
    name: 'the shard restarts in the middle (F-07)',
    stages: chain,
    disturbs: ({ stage, nth }) => (stage === 'second' && nth === 1 ? 'restart' : undefined),
    ends: ['completed'],
    effects: ['first', 'second', 'third'],
  },
  {
    name: 'run inside the request of its sender',
    stages: chain,
    waits: true,
    ends: ['completed'],
    effects: ['first', 'second', 'third'],
  },
  {
    name: 'a condition, a failure that is caught and a finally',
    stages: [
      {
        id: 'check',
        component: 'conditional',
        config: { condition: '{{ input.n == 1 }}', if_true: ['guard'], if_false: [] },
      },
      { id: 'guard', component: 'trycatch', config: { try: ['risky'], catch: ['undo'], finally: ['tidy'] } },
      request('risky', [], { retry: { max_attempts: 1 } }),
      request('undo'),
      request('tidy'),
      request('after', ['guard']),
    ] as Json,
    answer: ({ stage }) => (stage === 'risky' ? failing(500) : undefined),
    ends: ['completed'],
    effects: ['risky', 'undo', 'tidy', 'after'],
  },
  {
    name: 'attempts that are parked between (retry with delay)',
    stages: [request('shaky', [], { retry: { max_attempts: 2, delay_seconds: 20 } }), request('after', ['shaky'])],
    answer: ({ stage, nth }) => (stage === 'shaky' && nth === 1 ? failing(503) : undefined),
    ends: ['completed', 'failed'],
    effects: ['shaky×2', 'after'],
  },
  {
    name: 'cancelled while a request is under way (F-31)',
    stages: chain,
    disturbs: ({ stage, nth }) => (stage === 'second' && nth === 1 ? 'cancel' : undefined),
    ends: ['cancelled'],
    effects: ['first', 'second'],
  },
  {
    name: 'out of time while a request hangs (F-31)',
    stages: chain,
    timeoutMs: 40_000,
    answer: ({ stage }) => (stage === 'second' ? 'hang' : undefined),
    ends: ['timed_out'],
    effects: ['first', 'second×2'],
  },
  {
    name: 'requests that may be sent at most once (F-05)',
    stages: [request('first', [], { at_most_once: true }), request('second', ['first'], { at_most_once: true })],
    ends: ['completed', 'failed'],
    repeats: 0,
    effects: ['first', 'second'],
  },
  {
    name: 'two branches side by side',
    stages: [
      { id: 'both', component: 'parallel', config: { branches: [['left'], ['right']] } },
      request('left'),
      request('right'),
      request('after', ['both']),
    ] as Json,
    ends: ['completed'],
    repeats: 2,
    effects: [['left', 'right'], 'after'],
  },
  {
    name: 'three items, two at a time',
    stages: [
      { id: 'each', component: 'foreach', config: { items: ['a', 'b', 'c'], do: ['send'], max_concurrency: 2 } },
      request('send', [], { body: '{{ item }}' }),
      request('after', ['each'], { body: '{{ stages.each.output.results }}' }),
    ] as Json,
    ends: ['completed'],
    // An item waits for no result of another: those of a second are written together.
    repeats: 3,
    effects: [['each[0]/send', 'each[1]/send', 'each[2]/send'], 'after'],
  },
  {
    name: 'another workflow that is waited for',
    stages: [
      {
        id: 'check',
        component: 'conditional',
        config: { condition: '{{ input.n == 1 }}', if_true: ['call'], if_false: ['inner'] },
      },
      { id: 'call', component: 'workflow', config: { workflow: 'itself', input: { n: 2 } } },
      request('inner'),
      request('after', ['call']),
    ] as Json,
    executions: 2,
    ends: ['completed'],
    effects: ['inner', 'after'],
  },
  {
    name: 'a signal that is waited for',
    stages: [
      request('first'),
      { id: 'ask', component: 'wait_for_signal', depends_on: ['first'], config: { signal: 'go' } },
      request('after', ['ask'], { body: '{{ stages.ask.output }}' }),
    ] as Json,
    signal: 'go',
    ends: ['completed'],
    effects: ['first', 'after'],
  },
  {
    name: 'a delay between requests',
    stages: [
      request('first'),
      { id: 'pause', component: 'delay', depends_on: ['first'], config: { seconds: 40 } },
      request('after', ['pause']),
    ] as Json,
    tookMsMin: 40_000,
    ends: ['completed'],
    effects: ['first', 'after'],
  },
  {
    name: 'what touches nothing, run before it is accepted',
    stages: [
      { id: 'double', component: 'transform', config: { value: '{{ input.n * 2 }}' } },
      { id: 'say', component: 'logger', depends_on: ['double'], config: { message: 'doubled' } },
    ] as Json,
    waits: true,
    warm: true,
    ends: ['completed'],
    effects: [],
  },
  {
    name: 'an early answer to the sender',
    stages: [
      request('first'),
      { id: 'reply', component: 'respond', depends_on: ['first'], config: { status: 202, body: 'taken' } },
      request('after', ['reply']),
    ] as Json,
    waits: true,
    response: { status: 202, body: 'taken' },
    ends: ['completed'],
    effects: ['first', 'after'],
  },
]

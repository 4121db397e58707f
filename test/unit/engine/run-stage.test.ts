import { describe, expect, it } from 'vitest'
import type { ComponentContext, Outcome } from '#core/components/context'
import type { Plan } from '#core/definition/plan'
import { decide } from '#core/engine/decide'
import { EVENT_VERSION } from '#core/engine/event'
import { createRedactor } from '#core/engine/redact'
import { runStage, type StagePorts } from '#core/engine/run-stage'
import { initialState } from '#core/engine/state'
import { planOf, type StageSketch } from '../../support/plan-of'
import { runPlan, worldOf, type SimulatedWorld } from '../../support/run-plan'

const refuse = async () =>
  ({ kind: 'failed', failure: { code: 'connection_failed', message: 'No.' }, durationMs: 0 }) as const

function run(plan: Plan, world: SimulatedWorld = {}, ports: Partial<StagePorts> = {}, stage = plan.order[0] ?? '') {
  const { state } = decide(initialState(plan), { type: 'execution_accepted', v: EVENT_VERSION, at: 100 })
  return runStage({
    state,
    stage,
    attempt: 1,
    world: worldOf(world),
    ports: {
      now: () => 123,
      redact: createRedactor(world.secrets ?? {}),
      http: refuse,
      ai: refuse,
      code: refuse,
      startChild: refuse,
      mayRespond: () => false,
      ...ports,
    },
  })
}

/** A plan whose one stage is a component that does what the test says. */
function behaving(behave: (ctx: ComponentContext) => Outcome | Promise<Outcome>): Plan {
  const plan = planOf([{ id: 'odd' }])
  const [stage] = plan.stages.values()
  return {
    ...plan,
    stages: new Map([['odd', { ...stage!, component: { ...stage!.component, run: (_, ctx) => behave(ctx) } }]]),
  }
}

const completing = (output: unknown) => behaving(() => ({ kind: 'completed', output: output as never }))

describe('a stage that needs no network', () => {
  it('is answered in the same turn, with its resolved config as input', () => {
    const plan = planOf([{ id: 'greet', config: { value: { text: 'Hi {{ input.name }}', n: '{{ input.n }}' } } }])
    expect(run(plan, { input: { name: 'Ann', n: 2 } })).toEqual({
      type: 'stage_succeeded',
      v: EVENT_VERSION,
      startedAt: 123,
      at: 123,
      stage: 'greet',
      attempt: 1,
      input: { value: { text: 'Hi Ann', n: 2 } },
      output: { text: 'Hi Ann', n: 2 },
    })
  })

  it('keeps its log lines', () => {
    const plan = planOf([
      { id: 'log', component: 'logger', config: { level: 'warn', message: '{{ input }}', fields: { n: 1 } } },
    ])
    expect(run(plan, { input: { a: 1 } })).toMatchObject({
      output: { message: '{"a":1}' },
      logs: [{ at: 123, level: 'warn', message: '{"a":1}', fields: { n: 1 } }],
    })
  })
})

describe('a stage whose config has no value', () => {
  it('fails, naming what is missing, where, and what to do, and shows the config as written', () => {
    const plan = planOf([{ id: 'greet', config: { value: { text: 'Hi {{ vars.NAME }}' } } }])
    expect(run(plan)).toMatchObject({
      type: 'attempt_failed',
      input: { value: { text: 'Hi {{ vars.NAME }}' } },
      failure: {
        code: 'expression_failed',
        message: expect.stringContaining('vars.NAME'),
        hint: "Set it in this environment, or give a default: vars.NAME ?? ''.",
        details: { reason: 'missing_variable', path: '/config/value/text' },
      },
    })
  })

  it('fails when a value does not fit its field', () => {
    const plan = planOf([
      { id: 'call', component: 'http_request', config: { url: 'https://a.test', timeout: '{{ input.t }}' } },
    ])
    expect(run(plan, { input: { t: 'soon' } })).toMatchObject({
      failure: { code: 'config_invalid', details: [{ path: '/config/timeout', message: expect.any(String) }] },
    })
  })
})

describe('a component that breaks its promise', () => {
  it('by throwing fails the attempt with component_crashed', async () => {
    const crash = {
      type: 'attempt_failed',
      failure: { code: 'component_crashed', message: expect.stringContaining('oops') },
    }
    expect(
      run(
        behaving(() => {
          throw new Error('oops')
        }),
      ),
    ).toMatchObject(crash)
    expect(
      await run(
        behaving(async () => {
          throw new Error('oops')
        }),
      ),
    ).toMatchObject(crash)
  })

  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = [cyclic]
  it.for([
    ['NaN', { deep: [1, NaN] }, '/deep/1'],
    ['undefined', { a: undefined }, '/a'],
    ['a function', { f: () => 1 }, '/f'],
    ['a bigint', 1n, ''],
    ['a date', { 'a/b': new Date(0) }, '/a~1b'],
    ['a cycle', cyclic, ''],
  ] as const)('with %s fails the attempt with output_not_json', ([, output, path]) => {
    expect(run(completing(output))).toMatchObject({ failure: { code: 'output_not_json', details: { path } } })
  })

  it('with more than 10 MB fails the attempt with output_too_large', () => {
    const big = 'x'.repeat(10 * 1024 * 1024)
    expect(run(completing(big))).toMatchObject({ failure: { code: 'output_too_large' } })
    expect(run(completing(big.slice(0, -10)))).toMatchObject({ type: 'stage_succeeded' })
    expect(run(completing('ö'.repeat(6 * 1024 * 1024)))).toMatchObject({ failure: { code: 'output_too_large' } })
  })
})

describe('a secret', () => {
  const secrets = { TOKEN: 'tok-1234567890' }
  const http: StagePorts['http'] = async ({ headers }) => ({
    kind: 'response',
    status: 400,
    headers: { 'content-type': 'application/json' },
    text: JSON.stringify({ echo: headers['Authorization'] }),
    durationMs: 1,
  })

  it('reaches the request but not the event: neither input, output, failure nor logs', async () => {
    const seen: string[] = []
    const config = {
      url: 'https://a.test/{{ secrets.TOKEN }}',
      headers: { Authorization: 'Bearer {{ secrets.TOKEN }}' },
    }
    const plan = planOf([{ id: 'call', component: 'http_request', config }])
    const event = await run(plan, { secrets }, { http: (request) => (seen.push(request.url), http(request)) })
    expect(seen).toEqual(['https://a.test/tok-1234567890'])
    expect(JSON.stringify(event)).not.toContain('tok-1234567890')
    expect(event).toMatchObject({
      output: { body: { echo: 'Bearer [secret TOKEN]' } },
      failure: { message: expect.stringContaining('[secret TOKEN]') },
    })
    const logger: StageSketch = {
      id: 'log',
      component: 'logger',
      config: { message: '{{ secrets.TOKEN }}', fields: { t: '{{ secrets.TOKEN }}' } },
    }
    expect(JSON.stringify(run(planOf([logger]), { secrets }))).not.toContain('tok-1234567890')
  })

  it('that equals the name of a list does not change the way a branch took', () => {
    const branch: StageSketch = { id: 'decide', component: 'conditional', config: { condition: true, if_true: [] } }
    expect(run(planOf([branch]), { secrets: { WORD: 'if_true' } })).toMatchObject({ output: { taken: ['if_true'] } })
  })
})

describe('the aliases of an output', () => {
  //  call ─▶ copy ─▶ read
  const plan = planOf([
    { id: 'call', component: 'http_request', config: { url: 'https://a.test' } },
    {
      id: 'copy',
      depends_on: ['call'],
      config: { value: ['{{ stages.call.output }}', '{{ stages.call.output.data.n }}'] },
    },
    { id: 'read', depends_on: ['copy'], config: { value: '{{ stages.copy.output[0].statusCode }}' } },
  ])
  const http = () => ({ text: '{"n":1}' })

  it('can be named but are not part of it', async () => {
    const { stage } = await runPlan(plan, { http })
    expect(stage('copy').output).toEqual([stage('call').output, 1])
    expect(Object.keys(stage('call').output as object)).toEqual(['status_code', 'headers', 'body', 'duration_ms'])
  })

  it('do not travel on with a copy, so that live and replayed executions read the same', async () => {
    const { stage } = await runPlan(plan, { http })
    expect(stage('read').output).toBeNull()
  })
})

describe('an input too large to keep', () => {
  it('is marked truncated, and the stage runs all the same', () => {
    const plan = planOf([
      { id: 'size', config: { value: '{{ length(input.text) }}' } },
      { id: 'copy', config: { value: '{{ input.text }}' } },
    ])
    const input = { text: 'x'.repeat(300_000) }
    expect(run(plan, { input }, {}, 'copy')).toMatchObject({
      type: 'stage_succeeded',
      input: { truncated: true },
      output: input.text,
    })
    expect(run(plan, { input }, {}, 'size')).toMatchObject({ output: 300_000 })
  })
})

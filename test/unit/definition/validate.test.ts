import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { validateWorkflow } from '#core/definition/validate'
import { conditional, documentOf, findings, lineOf, step } from './documents'

const http = (config: object) => ({
  id: 'call',
  component: 'http_request',
  config: { url: 'https://x.example', ...config },
})
const withTrigger = (trigger: object) => documentOf([step('a')], { triggers: [trigger] })

describe('a valid document', () => {
  it('comes back normalised, with every key present', () => {
    const { workflow, issues } = validateWorkflow(
      {
        name: ' orders ',
        environment: 'production',
        triggers: [
          { type: 'webhook', authentication: { type: 'none' } },
          { type: 'manual', id: 'by-hand' },
          { type: 'webhook', authentication: { type: 'none' } },
          { type: 'schedule', id: 'webhook-2', cron: '0 9 * * 1-5' },
        ],
        stages: [{ id: 'call', component: 'http-request', config: { url: 'https://x.example' } }],
        tags: ['a'],
        metadata: { level: 'intermediate' },
        version: '1.2',
      },
      { mode: 'deploy' },
    )
    expect(issues).toEqual([])
    expect(workflow).toMatchObject({
      name: 'orders',
      environment: ['production'],
      triggers: [{ id: 'webhook' }, { id: 'by-hand' }, { id: 'webhook-3' }, { id: 'webhook-2' }],
      stages: [{ component: 'http_request', depends_on: [], join: 'all', enabled: true, on_error: 'fail' }],
      settings: { timeout_ms: 86_400_000, concurrency: null, retention_days: null },
    })
  })

  it('normalised once more is the same', () => {
    const { workflow } = validateWorkflow(
      documentOf([step('a'), step('b', ['a', 'a'])], { output: '{{ stages.b.output }}' }),
      { mode: 'draft' },
    )
    const again = validateWorkflow(JSON.parse(JSON.stringify(workflow)), { mode: 'deploy' })
    expect(again).toEqual({ workflow, issues: [] })
  })

  it('with warnings only is still a workflow', () => {
    const { workflow, issues } = validateWorkflow({ name: 'x', stages: [step('a')] }, { mode: 'deploy' })
    expect(issues.map(lineOf)).toEqual([
      '~no_trigger /triggers: The workflow has no trigger | Only a run call can start it.',
    ])
    expect(workflow).not.toBe(null)
  })
})

describe('the shape of the document (S4)', () => {
  it.for<[string, unknown, string[]]>([
    [
      'a key that does not exist',
      { ...documentOf([step('a')]), nme: 1 },
      ['unknown_key /nme: Unknown key “nme” | Did you mean name?'],
    ],
    [
      'a stage key in another spelling',
      documentOf([step('a', [], { dependsOn: [] })]),
      ['unknown_key /stages/0/dependsOn: Unknown key “dependsOn” | Did you mean depends_on?'],
    ],
    [
      'a config key that does not exist',
      documentOf([http({ retry: { max_attemps: 3 } })]),
      ['unknown_key /stages/0/config/retry/max_attemps: Unknown key “max_attemps” | Did you mean max_attempts?'],
    ],
    [
      'a config key that is missing',
      documentOf([{ id: 'a', component: 'logger' }]),
      ['missing_key /stages/0/config/message: “message” is required | The line; may hold {{ expressions }}.'],
    ],
    [
      'a choice that does not exist',
      documentOf([http({ method: 'FETCH' })]),
      [
        'invalid_value /stages/0/config/method: "FETCH" is not possible here | Did you mean PATCH? Or one whole {{ expression }}.',
      ],
    ],
    [
      'a number as text',
      documentOf([http({ timeout: '30 s' })]),
      ['wrong_type /stages/0/config/timeout: Expected number, received string | Or one whole {{ expression }}.'],
    ],
    [
      'an expression that is only a part of a condition',
      documentOf([{ id: 'a', component: 'conditional', config: { condition: '{{ input.n }} > 1' } }]),
      [
        'wrong_type /stages/0/config/condition: Expected boolean, received string | Put one pair of braces around all of it: {{ … }}.',
      ],
    ],
    [
      'a text where a list belongs',
      documentOf([{ id: 'a', component: 'trycatch', config: { try: 'b' } }]),
      ['wrong_type /stages/0/config/try: Expected array, received string | Write a list: ["b"].'],
    ],
    [
      'an instant without its offset',
      documentOf([{ id: 'a', component: 'delay', config: { until: '2026-01-05T09:00' } }]),
      [
        "until_invalid /stages/0/config/until: '2026-01-05T09:00' is not an instant. | Write ISO 8601 with its offset, such as 2026-01-05T09:00:00Z.",
      ],
    ],
    [
      'a delay for a while and until an instant',
      documentOf([{ id: 'a', component: 'delay', config: { seconds: 1, until: '2026-01-05T09:00:00Z' } }]),
      [
        'invalid_value /stages/0/config: Write exactly one of seconds and until | Such as "seconds": 60, or "until": "2026-01-05T09:00:00Z".',
      ],
    ],
    [
      'a number out of range',
      documentOf([http({ timeout: 10 })]),
      ['out_of_range /stages/0/config/timeout: Expected number to be >=1000'],
    ],
    [
      'a component that does not exist',
      documentOf([step('a', [], { component: 'htp_request' })]),
      ['unknown_component /stages/0/component: There is no component “htp_request” | Did you mean http_request?'],
    ],
    [
      'an id with a space',
      documentOf([step('a b')]),
      ['invalid_format /stages/0/id: A stage id starts with a letter and has at most 64 letters, digits, - or _.'],
    ],
    ['a reserved id', documentOf([step('constructor')]), ['invalid_value /stages/0/id: This stage id is reserved.']],
    ['one id twice', documentOf([step('a'), step('a')]), ['duplicate_id /stages/1/id: Two stages have the id “a”']],
    ['no stages', documentOf([]), ['out_of_range /stages: A workflow has at least one stage.']],
    ['no name', { stages: [step('a')], triggers: [{ type: 'manual' }] }, ['missing_key /name: “name” is required']],
    [
      'not an object',
      'text',
      [
        'wrong_type : Expected object, received string',
        '~no_trigger /triggers: The workflow has no trigger | Only a run call can start it.',
      ],
    ],
    [
      '501 stages',
      documentOf(Array.from({ length: 501 }, (_, i) => step(`s${i}`))),
      ['out_of_range /stages: Expected array to have <=500 items'],
    ],
    [
      'more than 1 MB',
      documentOf([step('a', [], { config: { value: 'é'.repeat(500_000) } })]),
      ['document_too_large : The document is larger than 1000000 bytes'],
    ],
  ])('%s', ([, document, expected]) => {
    expect(findings(document)).toEqual(expected)
  })

  it('everything is found in one pass, in the order of the document, behind the prefix', () => {
    const document = documentOf(
      [
        { id: 'a', component: 'logger', config: { message: '{{ 1 +', levl: 'info' } },
        step('b', ['c']),
        { component: 'transform', config: {} },
        'nothing',
      ],
      { settings: { timeout: 5 } },
    )
    const { workflow, issues } = validateWorkflow(document, { mode: 'draft', pathPrefix: '/definition' })
    expect(workflow).toBe(null)
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'unknown_key /definition/settings/timeout',
      'unknown_key /definition/stages/0/config/levl',
      'expression_invalid /definition/stages/0/config/message',
      'unknown_stage /definition/stages/1/depends_on/0',
      'missing_key /definition/stages/2/config/value',
      'missing_key /definition/stages/2/id',
      'wrong_type /definition/stages/3',
    ])
  })

  it('no JSON at all makes it throw', () => {
    const words = fc.constantFrom(
      'id',
      'a',
      'b',
      'component',
      'conditional',
      'trycatch',
      'logger',
      'depends_on',
      'config',
      'try',
      'if_true',
      '{{ x',
      '{{ stages.a }}',
    )
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        words,
        fc.constant(null),
        fc.integer(),
        fc.array(tie('node')),
        fc.dictionary(words, tie('node')),
      ),
    })).node
    fc.assert(
      fc.property(value, fc.array(value), fc.dictionary(words, value), (name, stages, more) => {
        expect(validateWorkflow({ name, stages, triggers: stages, ...more }, { mode: 'deploy' }).issues).toBeInstanceOf(
          Array,
        )
        expect(validateWorkflow(name, { mode: 'draft' }).workflow).toBe(null)
      }),
      { numRuns: 300 },
    )
  })
})

describe('triggers (S12, S16–S20, S26)', () => {
  it.for<[string, object, string[]]>([
    [
      'a type that does not exist',
      { type: 'webhok' },
      ['invalid_value /triggers/0/type: Unknown type "webhok" | Did you mean webhook?'],
    ],
    [
      'a method that does not exist',
      { type: 'webhook', method: ['GOT'], authentication: { type: 'none' } },
      ['invalid_value /triggers/0/method/0: "GOT" is not possible here | Did you mean GET?'],
    ],
    [
      'a timeout out of range',
      { type: 'webhook', timeout: 300_001, authentication: { type: 'none' } },
      ['out_of_range /triggers/0/timeout: Expected number to be <=300000'],
    ],
    [
      'a key without an expression',
      { type: 'webhook', authentication: { type: 'api_key', key: 'abc' } },
      [
        '~credential_literal /triggers/0/authentication/key: A credential is written into the document | Store it as a secret and write {{ secrets.NAME }}.',
      ],
    ],
    [
      'a key from a payload',
      { type: 'webhook', authentication: { type: 'bearer', token: '{{ input.t }}' } },
      [
        'reference_not_available /triggers/0/authentication/token: A trigger cannot read input | It is set up before any execution: read vars and secrets.',
      ],
    ],
    [
      'an expression in a place that is not evaluated',
      { type: 'schedule', cron: '* * * * *', timezone: 'UTC', payload: { a: '{{ vars.X }}' } },
      [
        '~expression_not_evaluated /triggers/0/payload/a: Expressions are not evaluated here | In a trigger they are in no place.',
      ],
    ],
    [
      'one that is not built',
      { type: 'email', connection: 'c' },
      [
        '~trigger_not_available /triggers/0/type: Triggers of type "email" cannot be deployed yet. | Available: manual, webhook, schedule.',
      ],
    ],
  ])('%s', ([, trigger, expected]) => {
    expect(findings(withTrigger(trigger))).toEqual(expected)
  })

  it('a bad cron and a bad zone are found by the rules of schedules', () => {
    const { issues } = validateWorkflow(
      withTrigger({ type: 'schedule', cron: '99 * * * *', timezone: 'Mars/Phobos' }),
      { mode: 'draft' },
    )
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'cron_invalid /triggers/0/cron',
      'timezone_unknown /triggers/0/timezone',
    ])
  })

  it.for(['app_event', 'email', 'database', 'file', 'queue'])('deploying a trigger of type %s is refused', (type) => {
    const codes = validateWorkflow(withTrigger({ type }), { mode: 'deploy' })
    expect(codes.workflow).toBe(null)
    const complete = {
      email: { connection: 'c' },
      queue: { provider: 'sqs', queueUrl: 'q' },
      file: { source: 's', folderId: 'f', events: ['created'] },
    }[type]
    const lines = complete === undefined ? [] : findings(withTrigger({ type, ...complete }), { mode: 'deploy' })
    expect(lines.filter((line) => !line.startsWith('trigger_not_available /triggers/0/type'))).toEqual([])
  })

  it('two triggers with one id are refused', () => {
    const triggers = [
      { type: 'manual', id: 'x' },
      { type: 'webhook', id: 'x', authentication: { type: 'none' } },
    ]
    expect(findings(documentOf([step('a')], { triggers }))).toEqual([
      'duplicate_id /triggers/1/id: Two triggers have the id “x”',
    ])
  })

  it('every manual trigger after the first is refused, because a run call names none', () => {
    const manual = (id: string) => ({ type: 'manual', id, inputSchema: { [id]: { type: 'string' } } })
    const webhook = { type: 'webhook', authentication: { type: 'none' } }
    expect(findings(documentOf([step('a')], { triggers: [manual('a'), webhook] }))).toEqual([])
    expect(findings(documentOf([step('a')], { triggers: [manual('a'), webhook, manual('b'), manual('c')] }))).toEqual(
      [2, 3].map(
        (i) =>
          `second_manual_trigger /triggers/${i}: A workflow has one manual trigger: a run call could not say which of two it means | Put all fields into the inputSchema of the first one.`,
      ),
    )
  })
})

describe('expressions in a document', () => {
  const read = (value: string) =>
    findings(documentOf([step('first'), step('second', ['first'], { config: { value } })]))

  it.for<[string, string[]]>([
    ['{{ stages.first.output }}', []],
    [
      '{{ stages.frist.output }}',
      ['unknown_stage /stages/1/config/value: There is no stage “frist” | Did you mean first?'],
    ],
    [
      '{{ stages.first-1 }}',
      ['unknown_stage /stages/1/config/value: There is no stage “first-1” | Put spaces around minus to subtract.'],
    ],
    [
      '{{ stages.second.output }}',
      ['stage_not_before /stages/1/config/value: “second” reads its own result | In a retry condition write output.'],
    ],
    [
      '{{ output.x }}',
      [
        'reference_not_available /stages/1/config/value: output exists in retry.condition and pagination only | Read another stage with stages.<id>.output.',
      ],
    ],
    ['{{ item }}', ['reference_not_available /stages/1/config/value: item exists inside a foreach only']],
    [
      '{{ input.count-1 }}',
      [
        '~expression_doubtful /stages/1/config/value: “count-1” is read as the name of a field (at character 10) | Put spaces around minus to subtract.',
      ],
    ],
    [
      'a {{ upper(1, }}',
      [
        'expression_invalid /stages/1/config/value: Expected a value but found the end of the expression (at character 15)',
      ],
    ],
  ])('%s', ([value, expected]) => {
    expect(read(value)).toEqual(expected)
  })

  it('output is read in a retry condition', () => {
    expect(findings(documentOf([http({ retry: { condition: '{{ output.status_code >= 500 }}' } })]))).toEqual([])
  })

  it('the workflow output may read every stage and nothing that is not there', () => {
    const output = { a: '{{ stages.a.output }}', b: '{{ stages.z.output }}', c: '{{ output }}' }
    expect(findings(documentOf([step('a')], { output })).map((line) => line.split(':')[0])).toEqual([
      'unknown_stage /output/b',
      'reference_not_available /output/c',
    ])
  })

  it('stages named in configs must exist', () => {
    expect(findings(documentOf([conditional('if', ['yess'], []), step('yes')]))).toEqual([
      'unknown_stage /stages/0/config/if_true/0: There is no stage “yess” | Did you mean yes?',
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { compileTemplate } from '#core/expression/compile-template'
import { EXPRESSION_LIMITS } from '#core/expression/expression-limits'
import { LIMITS } from '#core/model/limits'
import { evaluate } from './evaluate'
import { scopeOf } from './scope'

const scope = scopeOf({
  input: {
    n: 7,
    name: 'Ada',
    yes: true,
    none: null,
    list: [1, 2, 3],
    empty: [],
    'odd-key': 'o',
    deep: { a: [{ b: 'c' }] },
  },
  vars: { API_BASE_URL: 'https://api.example.com', LIMIT: 100, empty: '' },
  secrets: { TOKEN: 's3cret' },
  stages: {
    'poll-build-status': { output: { body: { workflow_runs: [{ status: 'completed', conclusion: 'success' }] } } },
    skipped: { status: 'skipped', output: null },
    'first-poll': { output: { body: { workflow_runs: [] } } },
  },
  execution: { id: 'exec_1', duration: 311000 },
  trigger: { type: 'webhook' },
  output: { status_code: 503 },
})

const matcherOf = (wanted: string | RegExp): unknown =>
  typeof wanted === 'string' ? wanted : expect.stringMatching(wanted)

describe('values and their types (S142, S145, S155)', () => {
  it.for<[string, unknown]>([
    ['plain text', 'plain text'],
    ['{{ input.n }}', 7],
    ['{{input.n}}', 7],
    ['  {{ input.yes }}\n', true],
    ['{{ input.list }}', [1, 2, 3]],
    ['{{ input.none }}', null],
    ['n={{ input.n }}', 'n=7'],
    ['{{ input.n }}{{ input.n }}', '77'],
    ['list: {{ input.list }}', 'list: [1,2,3]'],
    ['{{ input.deep }}!', '{"a":[{"b":"c"}]}!'],
    ['{{ vars.API_BASE_URL }}/users', 'https://api.example.com/users'],
    ['Bearer {{secrets.TOKEN}}', 'Bearer s3cret'],
    ["{{stages.poll-build-status.output.body.workflow_runs[0].conclusion == 'success'}}", true],
    ["{{ stages['poll-build-status'].output.body.workflow_runs[0].status != 'completed' }}", false],
    ['{{execution.duration}}ms', '311000ms'],
    ['{{ output.status_code >= 500 }}', true],
    ['{{ trigger.type }}', 'webhook'],
    ['{{ stages.skipped.status }}', 'skipped'],
    ["{{ '{{' }} and {{ '}}' }}", '{{ and }}'],
    ['a }} b', 'a }} b'],
    ["{{ input['odd-key'] + input.odd-key }}", 'oo'],
    ["{{ 'it\\'s' + \"\\u0041\" }}", "it'sA"],
    ["{{ [1, 'a', [true]] }}", [1, 'a', [true]]],
  ])('%s', ([text, expected]) => {
    expect(evaluate(text, scope)).toEqual(expected)
  })
})

describe('operators', () => {
  it.for<[string, unknown]>([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 / 4', 2.5],
    ['7 % 4', 3],
    ['10 - 3 - 2', 5],
    ['-input.n + 1', -6],
    ['input.n - 1', 6],
    ['input.n -1', 6],
    ["'a' + 1 + true", 'a1true'],
    ["1 == '1'", false],
    ['0 == false', false],
    ['null == 0', false],
    ['input.missing == null', true],
    ['[1, [2]] == [1, [2]]', true],
    ['input.deep == input.deep.a', false],
    ["'a' < 'b'", true],
    ['null < 1', false],
    ['null >= 1', false],
    ["input.yes && 'taken'", 'taken'],
    ["'' || 'default'", 'default'],
    ['!input.empty', false],
    ["input.n > 5 ? 'big' : 'small'", 'big'],
    ['false ? 1 : true ? 2 : 3', 2],
    ['input.missing ?? input.n', 7],
    ["vars.MISSING ?? 'fallback'", 'fallback'],
    ["stages.gone.output.x ?? 'none'", 'none'],
    ["item ?? 'none'", 'none'],
    ['vars?.MISSING', null],
    ['vars.MISSING?.name', null],
    ['true || vars.MISSING', true],
    ['1 < 2 == true', true],
    ['!true == false', true],
  ])('%s', ([expression, expected]) => {
    expect(evaluate(`{{ ${expression} }}`, scope)).toEqual(expected)
  })
})

describe('what is missing', () => {
  it.for<[string, unknown]>([
    ['{{ input.missing }}', null],
    ['{{ input.missing.further[3].x }}', null],
    ['{{ stages.first-poll.output.body.workflow_runs[0].status }}', null],
    ["{{ stages.first-poll.output.body.workflow_runs[0].status != 'completed' }}", true],
    ['{{ input.name.x }}', null],
    ['{{ input.list[-1] }}', null],
    ['{{ stages.skipped.output.anything }}', null],
    ["{{ input?.missing }}|{{ input.missing ?? '-' }}", '|-'],
  ])('a missing field is null: %s', ([text, expected]) => {
    expect(evaluate(text, scope)).toEqual(expected)
  })

  it.for<[string, string]>([
    ['{{ vars.MISSING }}', 'missing_variable: vars.MISSING does not exist'],
    ['{{ vars.api_base_url }}', 'missing_variable: vars.api_base_url does not exist'],
    ['{{ secrets.NOPE }}', 'missing_secret: secrets.NOPE does not exist'],
    ['{{ stages.unknown-one.output }}', 'missing_stage: stages.unknown-one does not exist'],
    ["x{{ upper(vars.MISSING) ?? 'd' }}", 'missing_variable: vars.MISSING does not exist'],
    ['Hello {{ input.missing }}', 'null_in_text: input.missing is null and cannot be part of a text'],
    ["{{ 'a' + input.none }}", 'null_in_text: input.none is null and cannot be part of a text'],
    ['{{ item }}', 'not_available: item has no value here'],
    ['{{ vars.constructor_ }}', 'missing_variable: vars.constructor_ does not exist'],
  ])('an absent name is an error that says it (S48): %s', ([text, expected]) => {
    expect(evaluate(text, scope)).toBe(expected)
  })
})

describe('what does not apply', () => {
  it.for<[string, string]>([
    ["1 - 'a'", "type_mismatch: - does not apply: 1 is a number and 'a' is text"],
    ["1 < 'a'", "type_mismatch: < does not apply: 1 is a number and 'a' is text"],
    ['1 / 0', 'not_a_number: / divides by zero: 0 is 0'],
    ['input.n % (1 - 1)', 'not_a_number: % divides by zero: (1 - 1) is 0'],
    ['1e308 * 10', 'not_a_number: * overflows'],
    ['input.none + 1', 'type_mismatch: + does not apply: input.none is null and 1 is a number'],
    ['input.list.length', 'type_mismatch: a list has no fields'],
    ['input[true]', 'type_mismatch: Brackets hold a boolean'],
    ['upper(input.none)', 'bad_argument: upper(): input.none is null, not text'],
    ["input['__pro' + 'to__']", 'forbidden_name: The name __proto__ cannot be read'],
  ])('%s', ([expression, expected]) => {
    expect(evaluate(`{{ ${expression} }}`, scope)).toBe(expected)
  })
})

describe('what does not parse says where and what to do', () => {
  it.for<[string, number, string | RegExp, string | RegExp]>([
    ['{{ }}', 3, '{{ }} holds no expression', /^$/],
    ['a {{ input.x', 2, '{{ is never closed', /Close it with }}/],
    ['{{ inptu.x }}', 3, 'Unknown name “inptu”', 'Did you mean input?'],
    ['{{ uper(input.x) }}', 3, 'Unknown function uper()', 'Did you mean upper()?'],
    ['{{ input.x === 1 }}', 11, 'Unexpected character "=" in an expression', /never convert/],
    ['{{ input.x = 1 }}', 11, 'Unexpected character "=" in an expression', /cannot assign/],
    ['{{ input.a and input.b }}', 11, 'Unexpected “and”', 'Write && instead of “and”.'],
    ['{{ input.x | upper }}', 11, 'Unexpected character "|" in an expression', /no pipes/],
    ['{{ input.x.trim() }}', 11, '.trim() is not a function', /no methods/],
    ['{{ input.list.0 }}', 13, 'A list is indexed with brackets', 'Write [0] instead of .0.'],
    ['{{ input.__proto__ }}', 9, 'The name __proto__ cannot be read', /^$/],
    ["{{ input['constructor'] }}", 9, 'The name constructor cannot be read', /^$/],
    ['{{ secrets }}', 3, 'secrets is read by name, not as a whole', /secrets\.API_TOKEN/],
    ['{{ vars[input.x] }}', 8, 'vars[…] needs a name in quotes', /known before it runs/],
    ['{{ stages.a.outptu }}', 12, 'stages.a has no “outptu”', /Did you mean output/],
    ['{{ execution.foo }}', 13, 'execution has no “foo”', /execution offers id/],
    ['{{ matches(input.x, input.y) }}', 20, 'The pattern of matches() must be written in quotes', /computed/],
    ["{{ matches(input.x, '(') }}", 20, /Not a regular expression/, /RE2/],
    ["{{ matches(input.x, '(?=a)') }}", 20, /Not a regular expression/, /look-around/],
    ['{{ upper() }}', 3, 'upper() got 0 arguments', 'It is called as upper(text).'],
    ["{{ 'abc }}", 3, 'A string is never closed', /Close it/],
    ['{{ (1 + 2 }}', 10, 'Expected ) but found the end of the expression', /For the \(/],
    ['{{ {a: 1} }}', 3, 'Unexpected character "{" in an expression', /Objects cannot/],
    ['{{ 1 + }}', 7, 'Expected a value but found the end of the expression', /^$/],
  ])('%s', ([text, at, message, hintWanted]) => {
    const result = compileTemplate(text)
    if (result.ok) throw new Error('it compiled')
    const { hint = '', ...problem } = result.error
    expect([problem.at, problem.message, hint]).toEqual([at, matcherOf(message), matcherOf(hintWanted)])
  })

  it('length and depth are bounded', () => {
    expect(evaluate(`{{ ${'1+'.repeat(3_000)}1 }}`)).toMatch(/longer than 4096/)
    expect(evaluate(`{{ ${'('.repeat(70)}1${')'.repeat(70)} }}`)).toMatch(/nested deeper than 64/)
    expect(evaluate(`{{ ${'1+'.repeat(1_900)}1 }}`)).toBe(1_901)
  })

  it('a name that swallowed a subtraction is noted', () => {
    const result = compileTemplate('{{ input.count-1 }}')
    expect(result.ok && result.value.notes).toMatchObject([{ at: 9, hint: 'Put spaces around minus to subtract.' }])
  })
})

describe('what an expression reads is known before it runs', () => {
  it('names variables, secrets, stages and input fields, and whether they may be absent', () => {
    const result = compileTemplate("{{ vars.A ?? 'x' }} {{ secrets['B'] }} {{ stages.c-d.output }} {{ input.e }}")
    expect(result.ok && result.value.references).toEqual([
      { kind: 'variable', name: 'A', optional: true, at: 3 },
      { kind: 'secret', name: 'B', optional: false, at: 23 },
      { kind: 'stage', name: 'c-d', optional: false, at: 42 },
      { kind: 'input', name: 'e', optional: false, at: 66 },
    ])
  })

  it('shares its bounds with the limits users read', () => {
    expect(EXPRESSION_LIMITS).toEqual({
      lengthMax: LIMITS.expressionLengthMax,
      depthMax: LIMITS.expressionDepthMax,
      stepsMax: LIMITS.expressionStepsMax,
      textCharsMax: LIMITS.outputBytesMax,
    })
  })
})

import { describe, expect, it } from 'vitest'
import { compileTemplate } from '#core/expression/compile-template'
import { compileValue } from '#core/expression/compile-value'
import { parseSource } from '#core/definition/parse-source'
import type { Json } from '#core/kernel/json'
import { evaluate } from './evaluate'
import { scopeOf } from './scope'

/** Patterns that engines with backtracking never finish on the texts beside them. */
const ENDLESS = [
  ['(a+)+$', `${'a'.repeat(50)}!`],
  ['^(a|a)*$', `${'a'.repeat(50)}!`],
  ['(a|aa)+$', `${'a'.repeat(50)}!`],
  ['(.*)*(.*)*[^a]$', 'a'.repeat(50)],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(50)],
  ['(x+x+)+y', 'x'.repeat(50)],
  ['(a?){50}a{50}$', `${'a'.repeat(49)}!`],
  ['([a-zA-Z0-9_.-]+)*@example$', 'a'.repeat(60)],
  ['(a+)+$', `${'a'.repeat(100_000)}!`],
] as const

/** Its own refusal, not a stack or a memory that ran out. */
const REFUSED = /^(limit_exceeded|expression_invalid)/

describe('what would run without end (T-30)', () => {
  it.for(ENDLESS)('%s takes linear time, in every function with a pattern', ([pattern, text]) => {
    const scope = scopeOf({ input: { text } })
    expect(evaluate(`{{ matches(input.text, '${pattern}') }}`, scope)).toBe(false)
    expect(evaluate(`{{ regex_find(input.text, '${pattern}') }}`, scope)).toBe(null)
    expect(evaluate(`{{ regex_find_all(input.text, '${pattern}') }}`, scope)).toEqual([])
    expect(evaluate(`{{ regex_replace(input.text, '${pattern}', '') }}`, scope)).toBe(text)
  })

  it.for(['(?=a)a', '(?<=a)b', '(a)\\\\1', '(?!x)y', 'a{1001}', '((a{100}){100}){100}', '('.repeat(2_000)])(
    'a pattern such as %.20s, which no linear engine has or that explodes, does not compile',
    (pattern) => {
      expect(evaluate(`{{ matches('a', '${pattern}') }}`)).toMatch(/^expression_invalid/)
    },
  )

  it('an expression nested a hundred levels deep is refused, in every kind of nesting', () => {
    const nestings: readonly [string, string][] = [
      ['(', ')'],
      ['[', ']'],
      ['upper(', ')'],
      ['!', ''],
      ['-', ''],
      ['true ? ', ' : 1'],
      ['input[', ']'],
    ]
    for (const [open, close] of nestings) {
      expect(evaluate(`{{ ${open.repeat(100)}1${close.repeat(100)} }}`), open).toMatch(/^expression_invalid/)
      expect(evaluate(`{{ ${open.repeat(50_000)}1 }}`), open).toMatch(/^expression_invalid/)
    }
  })

  it('a text of a megabyte is compiled or refused at once, whatever it is full of', () => {
    const MIB = 1_048_576
    const fill = (part: string) => part.repeat(Math.ceil(MIB / part.length))
    for (const part of [
      '{{',
      '}}',
      '{{ 1 }}',
      '{{ ',
      "{{ '",
      '{{ ((((',
      '{',
      "'{{",
      '{{ input.a }} ',
      '\\',
      '{{ upper(',
    ]) {
      const template = compileTemplate(fill(part))
      const result = template.ok ? template.value.evaluate(scopeOf({ input: { a: 'x' } })) : template
      if (!result.ok) expect(`${result.error.code}`, part).toMatch(REFUSED)
    }
    expect(evaluate(`{{ '${fill('a')}' }}`)).toMatch(/^expression_invalid: An expression is longer than 4096/)
  })

  it('work over a million items ends with its own refusal', () => {
    const scope = scopeOf({
      input: { many: Array.from({ length: 1_000_000 }, (_, n) => n), text: 'a'.repeat(2_000_000) },
    })
    const calls =
      'sum(input.many) | sort(input.many) | unique(input.many) | join(input.many) | reverse(input.many) | max(input.many)' +
      " | flatten(input.many) | contains(input.many, -1) | where(input.many, 'a', 1) | split(input.text, '')" +
      " | regex_find_all(input.text, 'a') | replace(input.text, 'a', input.text) | pad_start(input.text, 1e9)" +
      ' | input.text + input.text + input.text + input.text + input.text + input.text'
    for (const call of calls.split(' | ')) {
      expect(evaluate(`{{ ${call} }}`, scope), call).toMatch(/^(limit_exceeded|bad_argument)/)
    }
  })

  it('a value whose texts together do too much is refused as one expression would be', () => {
    const parts = Array.from({ length: 3_000 }, () => '{{ sum(input.list) }}')
    const compiled = compileValue(parts)
    const result = compiled.ok && compiled.value.evaluate(scopeOf({ input: { list: Array<Json>(100).fill(1) } }))
    expect(result).toMatchObject({ ok: false, error: { code: 'limit_exceeded' } })
  })

  it('a chain as long as an expression may be is read to its end', () => {
    const scope = scopeOf({ input: { a: 1 } })
    expect(evaluate(`{{ ${'1 + '.repeat(1_000)}1 }}`)).toBe(1_001)
    expect(evaluate(`{{ ${'input.a ?? '.repeat(350)}1 }}`, scope)).toBe(1)
    expect(evaluate(`{{ input${'.a'.repeat(2_000)} }}`, scope)).toBe(null)
    expect(evaluate(`{{ input${"['a']".repeat(800)} }}`, scope)).toBe(null)
  })

  it.for(['json', 'yaml'] as const)(
    'a document in %s that is nested without end is refused before it is judged',
    (format) => {
      for (const text of ['['.repeat(5_000) + ']'.repeat(5_000), '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000)]) {
        expect(parseSource(text, format)).toMatchObject({ ok: false, error: { code: expect.stringMatching(/deep/) } })
      }
    },
  )
})

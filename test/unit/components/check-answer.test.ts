import { describe, expect, it } from 'vitest'
import { checkAnswer } from '#core/components/check-answer'
import { isJsonSchema } from '#core/components/judge-schema'
import type { Json, JsonObject } from '#core/kernel/json'

/** Where an answer does not match a schema; empty = it does. */
function misfits(schema: JsonObject, answer: Json): string[] {
  const checked = checkAnswer(JSON.stringify(answer), schema, false)
  if (checked.ok) return []
  expect(checked.error.code).toBe('answer_mismatch')
  return (checked.error.details as { path: string }[]).map(({ path }) => path)
}

const person = {
  type: 'object',
  properties: { name: { type: 'string' }, age: { type: 'integer' } },
  required: ['name'],
}

/** Definitions each of which refers twice to the next. */
function doubling(count: number): JsonObject {
  const twice = (n: number) => ({ allOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] })
  const all = Array.from({ length: count }, (_, n): [string, JsonObject] => [`d${n}`, twice(n)])
  return { ...Object.fromEntries(all), [`d${count}`]: {} }
}

describe('an answer', () => {
  it.for([
    [person, { name: 'Ann' }],
    [person, { name: 'Ann', age: 4, more: true }],
    [{ type: ['string', 'null'] }, null],
    [{ enum: ['a', 1, null] }, 1],
    [{ type: 'array', items: { $ref: '#/$defs/p' }, $defs: { p: person } }, [{ name: 'x' }]],
    [{ anyOf: [{ type: 'string' }, person] }, 'x'],
    [{}, [1, { a: null }]],
    [{ patternProperties: { '^n': { type: 'number' } }, additionalProperties: false }, { n1: 1 }],
    [{ type: 'string', pattern: '^[\\u00e0-\\u00ff\\/]+$', maxLength: 3 }, 'é/à'],
    [{ oneOf: [{ type: 'number' }, { type: 'integer', minimum: 5 }] }, 3],
    [{ type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'number' }, contains: { const: 2 } }, ['a', 2]],
    [
      { $ref: '#/$defs/tree', $defs: { tree: { properties: { kids: { items: { $ref: '#/$defs/tree' } } } } } },
      { kids: [{ kids: [] }] },
    ],
    [{ type: 'number', multipleOf: 0.1, exclusiveMinimum: 0 }, 0.3],
    [{ type: 'string', format: 'date' }, '2026-01-05'],
    [{ enum: [{ a: [1] }] }, { a: [1] }],
  ] as const)('matches %j with %j', ([schema, answer]) => {
    expect(misfits(schema, answer)).toEqual([])
  })

  it.for([
    [person, {}, ['/name']],
    [person, [], ['']],
    [person, { name: 1, age: 1.5 }, ['/name', '/age']],
    [{ ...person, additionalProperties: false }, { name: 'x', b: 1 }, ['']],
    [{ required: ['a'] }, {}, ['/a']],
    [{ type: 'object', required: ['a'] }, {}, ['/a']],
    [{ properties: { a: { type: 'string' } } }, { a: 5 }, ['/a']],
    [{ type: 'object', properties: { a: { type: 'string', default: 'x' } }, required: ['a'] }, {}, ['/a']],
    [{ minimum: 3 }, 1, ['']],
    [{ pattern: '^a' }, 'b', ['']],
    [{ items: { type: 'integer' } }, [1, 'x'], ['/1']],
    [{ type: 'array', items: { $ref: '#/$defs/p' }, $defs: { p: person } }, [{ name: 'x' }, {}], ['/1/name']],
    [{ type: 'object', additionalProperties: { type: 'number' }, required: ['n'] }, { n: 'x' }, ['/n']],
    [{ allOf: [person, { required: ['b'] }] }, { name: 'x' }, ['/b']],
    [{ type: 'object', properties: { 'a/b': { type: 'null' } } }, { 'a/b': 1 }, ['/a~1b']],
    [{ patternProperties: { '^n': { type: 'number' } }, additionalProperties: false }, { n1: 'x', m: 1 }, ['/n1', '']],
    [{ patternProperties: { '^n': {} }, additionalProperties: { type: 'number' } }, { n: 'x', m: 'x' }, ['/m']],
    [{ anyOf: [{ type: 'string', pattern: '^a' }, { type: 'null' }] }, 'b', ['']],
    [{ oneOf: [{ type: 'number' }, { type: 'integer' }] }, 3, ['']],
    [{ type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'number' } }, [1, 'x'], ['/0', '/1']],
    [{ contains: { const: 2 }, maxItems: 1 }, [1, 1], ['', '']],
    [
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      [''],
    ],
    [
      { $ref: '#/$defs/tree', $defs: { tree: { properties: { kids: { items: { $ref: '#/$defs/tree' } } } } } },
      { kids: [{ kids: 1 }] },
      ['/kids/0/kids'],
    ],
    [{ type: 'object', propertyNames: { pattern: '^a' }, minProperties: 3 }, { a: 1, b: 1 }, ['', '/b']],
    [{ type: ['string', 'null'], minLength: 2, format: 'email' }, 'x', ['']],
    [{ type: 'number', exclusiveMaximum: 3, multipleOf: 2 }, 3, ['']],
    [{ type: 'object', properties: { a: false } }, { a: 1 }, ['/a']],
    [{ not: {} }, 1, ['']],
    [{ const: { a: 1 } }, { a: 2 }, ['']],
  ] as const)('to %j is not %j', ([schema, answer, paths]) => {
    expect(misfits(schema, answer)).toEqual(paths)
  })

  it('that is no JSON does not match at the root, and says whether to ask for less or for JSON; a fence around it is no part of it', () => {
    for (const text of ['', 'Sure! Here it is', '{"name": "A', '{"name": "Ann"} and more'])
      expect(checkAnswer(text, person, false)).toMatchObject({
        error: { code: 'answer_mismatch', details: [{ path: '' }] },
      })
    const hintOf = (text: string, cutOff: boolean) => {
      const checked = checkAnswer(text, person, cutOff)
      return checked.ok ? null : checked.error.hint
    }
    expect(hintOf('Sure! Here it is', false)).toMatch(/^Say in the prompt/)
    expect(hintOf('{"name": "A', true)).toMatch(/^Ask for less/)
    for (const fenced of [
      '```json\n{"name": "Ann"}\n```',
      '\n``` \n\n{"name": "Ann"}```\n',
      '```json\r\n{"name": "Ann"}\r\n```',
    ])
      expect(checkAnswer(fenced, person, false)).toEqual({ ok: true, value: { name: 'Ann' } })
    for (const other of ['```js\n{"name": "Ann"}\n```', '```json {"name": "Ann"}```', '```', '``````'])
      expect(checkAnswer(other, person, false)).toMatchObject({ error: { details: [{ path: '' }] } })
  })

  it.for([
    [{ type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(5_000)}!`],
    [{ patternProperties: { '^(a+)+$': {} }, additionalProperties: false }, { [`${'a'.repeat(5_000)}!`]: 1 }],
    [{ propertyNames: { pattern: '^(a|a)*$' } }, { [`${'a'.repeat(5_000)}!`]: 1 }],
    [{ anyOf: [{ type: 'array', items: { pattern: '(.*)*x$' } }] }, ['a'.repeat(5_000)]],
  ] as const)('to a hostile pattern is checked in linear time: %j (T-30)', ([schema, answer]) => {
    expect(isJsonSchema(schema)).toBe(true)
    expect(misfits(schema as JsonObject, answer as Json)).toHaveLength(1)
  })

  it.for([
    ['for ever', { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/a' } } }],
    ['twice each time', { $ref: '#/$defs/d0', $defs: doubling(60) }],
  ] as [string, JsonObject][])(
    'to a schema that refers to itself %s does not match, and says why (T-30)',
    ([, schema]) => {
      expect(isJsonSchema(schema)).toBe(true)
      expect(checkAnswer('{}', schema, false)).toMatchObject({
        error: { message: expect.stringContaining('more steps') },
      })
    },
  )

  it('to its schema says in words what is wrong, and where', () => {
    const checked = checkAnswer('{"age": "x"}', person, false)
    expect(checked).toMatchObject({
      error: {
        message: 'The model’s answer does not match its schema at /name: it is missing.',
        details: [
          { path: '/name', message: 'It is missing.' },
          { path: '/age', message: 'It must be integer but is string.' },
        ],
      },
    })
  })

  it('whose fence never ends is looked at once, however long it is (T-30)', () => {
    for (const text of [`\`\`\`json${'\n'.repeat(200_000)}x`, `\`\`\`${' \n'.repeat(200_000)}\`\``])
      expect(checkAnswer(text, person, false).ok).toBe(false)
  })
})

describe('a schema', () => {
  it.for([
    { type: 'nonsense' },
    { not: { type: 'string' } },
    { if: {}, then: {} },
    { $ref: 'https://x.test/s' },
    { $ref: '#/$defs/none' },
    { type: 'string', pattern: '(' },
    { type: 'string', pattern: '(?=a)b' },
    { type: 'object', patternProperties: { '(a)\\1': {} } },
    { properties: { a: { items: { anyOf: [{ pattern: '(?!a)' }] } } } },
    { properties: { a: 'string' } },
    { anyOf: { type: 'string' } },
    { enum: 'a' },
  ] as const)('%j that could not be checked is known as one', (schema) => {
    expect(isJsonSchema(schema)).toBe(false)
  })
})

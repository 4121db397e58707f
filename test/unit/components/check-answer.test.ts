import { describe, expect, it } from 'vitest'
import { checkAnswer, isJsonSchema } from '#core/components/check-answer'
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

describe('an answer', () => {
  it.for([
    [person, { name: 'Ann' }],
    [person, { name: 'Ann', age: 4, more: true }],
    [{ type: ['string', 'null'] }, null],
    [{ enum: ['a', 1, null] }, 1],
    [{ type: 'array', items: { $ref: '#/$defs/p' }, $defs: { p: person } }, [{ name: 'x' }]],
    [{ anyOf: [{ type: 'string' }, person] }, 'x'],
    [{}, [1, { a: null }]],
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
  ] as const)('%j that could not be checked is known as one', (schema) => {
    expect(isJsonSchema(schema)).toBe(false)
  })
})

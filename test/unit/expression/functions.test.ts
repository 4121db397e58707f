import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FUNCTIONS } from '#core/expression/functions/index'
import { evaluate } from './evaluate'
import { scopeOf } from './scope'

const scope = scopeOf({
  input: {
    text: ' Ada Lovelace ',
    list: [3, 1, 2, 3],
    people: [
      { n: 'b', age: 2 },
      { n: 'a', age: 1 },
    ],
    object: { a: 1, b: null },
  },
})

/** At least one line for each function: what it answers, or what it refuses. */
const cases: [string, unknown][] = [
  ['string(input.object)', '{"a":1,"b":null}'],
  ['string(null)', 'null_in_text: The value is null and cannot be part of a text'],
  ['upper(trim(input.text))', 'ADA LOVELACE'],
  ["lower('ÄB')", 'äb'],
  ['substring(trim(input.text), 0, 3)', 'Ada'],
  ["substring('abcdef', -2)", 'ef'],
  ["contains(input.text, 'Love')", true],
  ['contains(input.list, 2)', true],
  ["contains(input.list, '2')", false],
  ["starts_with('abc', 'ab')", true],
  ["ends_with('abc', 'ab')", false],
  ["replace('a.b.c', '.', '$&')", 'a$&b$&c'],
  ["split('a,b', ',')", ['a', 'b']],
  ["pad_start('7', 3, '0')", '007'],
  ["pad_end('7', 3)", '7  '],
  ["number(' -1.5e2 ')", -150],
  ["number('0x10')", 'bad_argument: number(): "0x10" is not a number'],
  ["number('')", 'bad_argument: number(): "" is not a number'],
  ['number(true)', 1],
  ['round(2.5)', 3],
  ['round(1.005, 2)', 1.01],
  ['round(1e21)', 1e21],
  ['floor(-1.5)', -2],
  ['ceil(1.2)', 2],
  ['abs(-3)', 3],
  ['min(3, 1, 2)', 1],
  ['max(input.list)', 3],
  ['max([])', null],
  ['sum(input.list)', 9],
  ["sum(['a'])", 'bad_argument: sum(): every item must be a number'],
  ['length(input.list)', 4],
  ["length('ab')", 2],
  ['length(input.object)', 2],
  ['length(1)', 'bad_argument: length(): 1 is a number, not an object'],
  ['first(input.list)', 3],
  ['last([])', null],
  ['slice(input.list, 1, -1)', [1, 2]],
  ["join(input.list, '-')", '3-1-2-3'],
  ['join([null])', 'null_in_text: Item 0 is null and cannot be part of a text'],
  ['concat([1], [2])', [1, 2]],
  ['sort(input.list)', [1, 2, 3, 3]],
  ["pluck(sort(input.people, 'n'), 'n')", ['a', 'b']],
  ["sort([1, 'a'])", 'bad_argument: sort(): the items must be all numbers or all text'],
  ['reverse([1, 2])', [2, 1]],
  ["unique([1, '1', 1, [2], [2]])", [1, '1', [2]]],
  ['flatten([[1, [2]], 3])', [1, [2], 3]],
  ["where(input.people, 'age', 1)", [{ n: 'a', age: 1 }]],
  ['keys(input.object)', ['a', 'b']],
  ['values(input.object)', [1, null]],
  ["has(input.object, 'b')", true],
  ["has(input.object, 'toString')", false],
  ['merge(input.object, input.people[0])', { a: 1, b: null, n: 'b', age: 2 }],
  ["pick(input.object, ['a'])", { a: 1 }],
  ["omit(input.object, ['a'])", { b: null }],
  ["date_add('2024-02-28', 1, 'days')", '2024-02-29T00:00:00.000Z'],
  ["date_add('2024-02-28', 1, 'months')", 'bad_argument: date_add(): unknown unit "months"'],
  ["date_diff('2024-01-02T00:00:00Z', '2024-01-01T00:00:00+02:00', 'hours')", 26],
  ["date_format('2024-01-05T14:30:09Z', 'DD.MM.YYYY HH:mm:ss')", '05.01.2024 14:30:09'],
  ["epoch_ms('1970-01-01T00:00:01Z')", 1000],
  ['iso(0)', '1970-01-01T00:00:00.000Z'],
  ["iso('2024-01-05T14:30')", 'bad_argument: iso(): argument 1 is not an instant'],
  ['to_json(from_json(\'{"b": 1, "a": [2]}\'))', '{"a":[2],"b":1}'],
  ['from_json(\'{"a":1,"a":2}\')', 'bad_argument: from_json(): The key "a" is written twice'],
  ["base64_encode('Grüße €')", 'R3LDvMOfZSDigqw='],
  ["base64_decode('R3LDvMOfZSDigqw')", 'Grüße €'],
  ["base64_decode('!')", 'bad_argument: base64_decode(): the text is not base64'],
  ["base64_decode('/w==')", 'bad_argument: base64_decode(): the bytes are not UTF-8 text'],
  ["url_encode('a b/ü')", 'a%20b%2F%C3%BC'],
  ["url_encode('\\ud800')", 'bad_argument: url_encode(): the text holds half a character (a lone surrogate)'],
  ["url_decode('a%20b')", 'a b'],
  ["url_decode('%')", 'bad_argument: url_decode(): the text is not percent-encoded UTF-8'],
  ["sha256('abc')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    "hmac_sha256('Jefe', 'what do ya want for nothing?')",
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  ["matches('v1.2.0', '^v\\\\d+')", true],
  ["regex_find('v1.2', 'v(\\\\d+)\\\\.(\\\\d+)(x)?')", ['v1.2', '1', '2', null]],
  ["regex_find('v', '\\\\d')", null],
  ["regex_find_all('a1b22', '\\\\d+')", ['1', '22']],
  ["regex_replace('a1b22', '\\\\d+', '$0')", 'a$0b$0'],
]

describe('the function table', () => {
  it.for(cases)('%s', ([expression, expected]) => {
    expect(evaluate(`{{ ${expression} }}`, scope)).toEqual(expected)
  })

  it('every function is held by a line above', () => {
    const untested = [...FUNCTIONS.keys()].filter(
      (name) => !cases.some(([expression]) => expression.includes(`${name}(`)),
    )
    expect(untested).toEqual([])
  })

  it('the page for users lists exactly these functions, as they are called', () => {
    const page = readFileSync(new URL('../../../docs/design/expressions.md', import.meta.url), 'utf8')
    const listed = [...page.matchAll(/^\| `([a-z0-9_]+\(.*?\))` *\| (.*?) *\|$/gm)].map(
      ([, signature, summary]) => `${signature} ${summary}`,
    )
    expect(listed.toSorted()).toEqual(
      [...FUNCTIONS.values()].map(({ signature, summary }) => `${signature} ${summary}`).toSorted(),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { parseSource } from '#core/definition/parse-source'

describe('parseSource', () => {
  it('reads JSON and YAML alike', () => {
    const value = { name: 'x', stages: [{ id: 'a', config: { n: 1.5, on: true, none: null } }] }
    const yaml = 'name: x\nstages:\n  - id: a\n    config: { n: 1.5, on: true, none: null }\n'
    expect(parseSource(JSON.stringify(value), 'auto')).toEqual({ ok: true, value })
    expect(parseSource(JSON.stringify(value), 'yaml')).toEqual({ ok: true, value })
    expect(parseSource(yaml, 'auto')).toEqual({ ok: true, value })
  })

  it('YAML 1.2: yes, no and dates stay text, anchors are followed', () => {
    expect(parseSource('a: yes\nb: 2024-01-05\nc: &x { d: 1 }\ne: *x\nf: |\n  two\n  lines\n', 'yaml')).toEqual({
      ok: true,
      value: { a: 'yes', b: '2024-01-05', c: { d: 1 }, e: { d: 1 }, f: 'two\nlines\n' },
    })
  })

  it.for<[string, 'json' | 'yaml' | 'auto', string, string]>([
    ['{"a":1,"a":2}', 'auto', 'json_duplicate_key', '/a'],
    ['{"a":', 'auto', 'json_malformed', ''],
    ['a: 1', 'json', 'json_malformed', ''],
    ['x:\n  - a: 1\n    "a": 2\n', 'auto', 'yaml_duplicate_key', '/x/0/a'],
    ['a: [1\n', 'auto', 'yaml_malformed', ''],
    ['a: *nowhere\n', 'auto', 'yaml_malformed', ''],
    ['a: &x [*x]\n', 'auto', 'yaml_malformed', ''],
    ['a: { b: .nan }\n', 'auto', 'yaml_not_json', '/a/b'],
    ['? [a]\n: x\n', 'auto', 'yaml_malformed', ''],
    [`a: ${'['.repeat(70)}${']'.repeat(70)}`, 'yaml', 'json_too_deep', ''],
    [`a:\n ${'- '.repeat(70)}1`, 'yaml', 'json_too_deep', `/a${'/0'.repeat(63)}`],
    [`{"a":${'['.repeat(70)}${']'.repeat(70)}}`, 'json', 'json_too_deep', `/a${'/0'.repeat(63)}`],
    [`a: ${'é'.repeat(600_000)}`, 'yaml', 'document_too_large', ''],
  ])('refuses %.20s as %s: %s', ([text, format, code, path]) => {
    expect(parseSource(text, format)).toMatchObject({ ok: false, error: { code, path, severity: 'error' } })
  })

  it('says where YAML breaks', () => {
    const result = parseSource('a: 1\nb: 2\n  c: 3\n', 'yaml')
    expect(!result.ok && result.error.message).toMatch(/\(line 2, column 4\)$/)
  })

  it('a small file cannot become a large one through aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
    for (let i = 1; i < 9; i++)
      lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`)
    expect(parseSource(lines.join('\n'), 'yaml')).toMatchObject({ ok: false, error: { code: 'yaml_malformed' } })
    for (const deep of ['[', '{a: ', '- ', '? ']) {
      expect(parseSource(deep.repeat(100_000), 'yaml')).toMatchObject({ ok: false })
    }
  })

  it('__proto__ is an own key and pollutes nothing', () => {
    const result = parseSource('__proto__: { polluted: true }\n', 'yaml')
    expect(result.ok && Object.getPrototypeOf(result.value)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined)
  })
})

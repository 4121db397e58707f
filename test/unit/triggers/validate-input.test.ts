import { describe, expect, it } from 'vitest'
import { InputSchema } from '#core/triggers/input-schema'
import { validateInput } from '#core/triggers/validate-input'

const schema = InputSchema.parse({
  customerId: { type: 'string', required: true, description: 'Customer ID to process' },
  action: { type: 'string', enum: ['activate', 'deactivate', 'update'], required: true },
  priority: { type: 'number', default: 5, min: 1, max: 10 },
})

describe('input against an inputSchema (S13)', () => {
  it('defaults are filled in and unknown fields are kept', () => {
    expect(validateInput(schema, { customerId: 'cust_456', action: 'activate', note: 'x' })).toEqual({
      ok: true,
      value: { customerId: 'cust_456', action: 'activate', priority: 5, note: 'x' },
    })
  })

  it('the input itself is left as it was', () => {
    const input = { customerId: 'c', action: 'update' }
    validateInput(schema, input)
    expect(input).toEqual({ customerId: 'c', action: 'update' })
  })

  it('every wrong field is named once, in one pass', () => {
    const result = validateInput(schema, { action: 'destroy', priority: 11 })
    expect(result.ok ? [] : result.error).toEqual([
      {
        code: 'input_required',
        severity: 'error',
        path: '/input/customerId',
        message: '"customerId" is required.',
        hint: 'Customer ID to process',
      },
      {
        code: 'input_enum',
        severity: 'error',
        path: '/input/action',
        message: '"action" must be one of "activate", "deactivate", "update".',
      },
      { code: 'input_range', severity: 'error', path: '/input/priority', message: '"priority" must be at most 10.' },
    ])
  })

  it.for([
    [{ type: 'string' }, 5, 'input_type'],
    [{ type: 'string' }, null, 'input_type'],
    [{ type: 'number' }, '5', 'input_type'],
    [{ type: 'integer' }, 1.5, 'input_type'],
    [{ type: 'boolean' }, 'true', 'input_type'],
    [{ type: 'object' }, [], 'input_type'],
    [{ type: 'array' }, {}, 'input_type'],
    [{ type: 'string', minLength: 2 }, 'a', 'input_length'],
    [{ type: 'string', maxLength: 2 }, 'abc', 'input_length'],
    [{ type: 'array', maxItems: 1 }, [1, 2], 'input_length'],
    [{ type: 'number', min: 1 }, 0, 'input_range'],
    [{ type: 'string', pattern: '^[a-z]+$' }, 'A', 'input_pattern'],
    [{ type: 'object', enum: [{ a: 1, b: 2 }] }, { a: 1 }, 'input_enum'],
  ] as const)('%o refuses %o as %s', ([field, value, code]) => {
    const result = validateInput(InputSchema.parse({ f: field }), { f: value })
    expect(result).toMatchObject({ ok: false, error: [{ code, path: '/input/f' }] })
  })

  it.for([
    [{ type: 'integer' }, 3],
    [{ type: 'boolean' }, false],
    [{ type: 'string', minLength: 1, maxLength: 1 }, '😀'],
    [{ type: 'string', pattern: '[0-9]' }, 'a1'],
    [
      { type: 'object', enum: [{ a: 1, b: 2 }] },
      { b: 2, a: 1 },
    ],
    [{ type: 'array', minItems: 1 }, [null]],
  ] as const)('%o accepts %o', ([field, value]) => {
    expect(validateInput(InputSchema.parse({ f: field }), { f: value })).toMatchObject({ ok: true })
  })

  it.for([null, [], 'text', 5] as const)('an input that is %o is not an object', (input) => {
    expect(validateInput(schema, input)).toMatchObject({ ok: false, error: [{ path: '/input' }] })
  })

  it('a hostile pattern runs in linear time (T-30)', () => {
    const hostile = InputSchema.parse({ f: { type: 'string', pattern: '^(a+)+$' } })
    expect(validateInput(hostile, { f: `${'a'.repeat(5_000)}!` })).toMatchObject({ ok: false })
  })
})

describe('an inputSchema that contradicts itself', () => {
  it.for([
    [{ type: 'number', min: 5, max: 1 }, 'min'],
    [{ type: 'string', min: 1 }, 'min'],
    [{ type: 'number', pattern: 'x' }, 'pattern'],
    [{ type: 'number', default: 'five' }, 'default'],
    [{ type: 'number', default: 11, max: 10 }, 'default'],
    [{ type: 'string', enum: ['a', 1] }, 'enum'],
    [{ type: 'string', enum: ['a'], default: 'b' }, 'default'],
    [{ type: 'string', pattern: '(?=x)' }, 'pattern'],
    [{ type: 'text' }, 'type'],
    [{ type: 'string', defualt: 'x' }, undefined],
  ] as const)('%o is refused where it is wrong', ([field, key]) => {
    const parsed = InputSchema.safeParse({ f: field })
    expect(parsed.error?.issues[0]?.path).toEqual(key === undefined ? ['f'] : ['f', key])
  })

  it.for(['__proto__', 'constructor', 'a b', ''])('a field cannot be named "%s"', (name) => {
    expect(InputSchema.safeParse(JSON.parse(`{"${name}":{"type":"string"}}`)).success).toBe(false)
  })
})

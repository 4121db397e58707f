import { describe, expect, it } from 'vitest'
import { jsonLengthOf, jsonPartsOf, lazyOutput, withLazyField } from '#core/components/lazy-field'
import { checkOutput } from '#core/engine/check-output'
import { outputView } from '#core/engine/output-view'
import { createRedactor } from '#core/engine/redact'
import { redactOutput } from '#core/engine/redact-output'
import type { Json } from '#core/kernel/json'

const outputOf = (body: string) => withLazyField({ status_code: 200, body: null, duration_ms: 3 }, 'body', body)
const jsonTextOf = (value: Json) => jsonPartsOf(value).join('')
const isText = (value: unknown) => lazyOutput(value) !== null

describe('an output whose body is still text', () => {
  it('reads, lists and prints like any other', () => {
    const output = outputOf('{"a":[1]}')
    expect(output).toEqual({ status_code: 200, body: { a: [1] }, duration_ms: 3 })
    expect(Object.keys(output)).toEqual(['status_code', 'body', 'duration_ms'])
    expect(JSON.stringify(output)).toBe('{"status_code":200,"body":{"a":[1]},"duration_ms":3}')
    expect(jsonTextOf(output)).toBe(JSON.stringify(output))
    expect(jsonLengthOf(output)).toBe(JSON.stringify(output).length)
  })

  it('is read by its alias too, without being listed under it', () => {
    const view = outputView(outputOf('[7]'), { outputAliases: { data: 'body' } }) as { data: unknown }
    expect(view.data).toEqual([7])
    expect(Object.keys(view)).not.toContain('data')
  })

  it('may have 10 MiB as JSON and not one byte more', () => {
    const room = 10 * 1024 * 1024 - jsonTextOf(outputOf('""')).length
    expect(checkOutput(outputOf(`"${'x'.repeat(room)}"`)).ok).toBe(true)
    expect(checkOutput(outputOf(`"${'x'.repeat(room - 1)}é"`))).toMatchObject({ error: { code: 'output_too_large' } })
  })

  it('stays text when no secret is in it, and shows none when one is, however it is written', () => {
    const redact = createRedactor({ TOKEN: 'ab/cdé-0815', PIN: 'x1' })
    expect(isText(redactOutput(outputOf('{"a":"nothing"}'), redact))).toBe(true)
    for (const body of [
      '{"a":"ab/cdé-0815"}',
      '{"a":"ab\\/cd\\u00e9-0815"}',
      '{"ab\\/cdé-0815":1}',
      '{"a":"\\u0078\\u0031"}',
    ]) {
      const kept = redactOutput(outputOf(body), redact)
      expect(jsonTextOf(kept)).toMatch(/\[secret (?:TOKEN|PIN)\]/)
      expect(JSON.parse(jsonTextOf(kept))).toEqual(kept)
    }
  })

  it('is masked in its other fields without being read', () => {
    const redact = createRedactor({ TOKEN: 'very-secret' })
    const output = withLazyField({ headers: { echo: 'very-secret' }, body: null }, 'body', '[1]')
    const kept = redactOutput(output, redact)
    expect(isText(kept)).toBe(true)
    expect(kept).toEqual({ headers: { echo: '[secret TOKEN]' }, body: [1] })
  })

  it('is read as a value where a secret is a number, which has many spellings', () => {
    const redact = createRedactor({ PIN: '1000' })
    expect(redactOutput(outputOf('{"a":1e3}'), redact)).toEqual({
      status_code: 200,
      body: { a: '[secret PIN]' },
      duration_ms: 3,
    })
  })
})

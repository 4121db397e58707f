import { readFileSync } from 'node:fs'
import * as z from 'zod'
import { describe, expect, it } from 'vitest'
import type { ComponentContext } from '#core/components/context'
import * as register from '#core/components/index'
import { componentOf, componentTypes, documentConfig, resolvedConfig } from '#core/components/registry'

type Field = { title?: string; description?: string; properties?: Record<string, Field> }

const refusing: ComponentContext = {
  at: 1_000,
  executionId: 'exec_test',
  stageId: 'stage',
  attempt: 1,
  idempotencyKey: 'exec_test:stage',
  waitingSince: null,
  late: () => null,
  http: async () => ({ kind: 'failed', failure: { code: 'connection_failed', message: 'refused' }, durationMs: 1 }),
  ai: async () => ({ kind: 'failed', failure: { code: 'connection_failed', message: 'refused' }, durationMs: 1 }),
  code: async () => ({ kind: 'failed', failure: { code: 'code_isolate_failed', message: 'refused' } }),
  startChild: async () => ({ kind: 'failed', failure: { code: 'workflow_unknown', message: 'none' } }),
  mayRespond: () => true,
  log: () => undefined,
}

const SAMPLES: Record<string, unknown> = {
  code: { source: 'return 1' },
  conditional: { condition: true, if_true: ['a'] },
  delay: { seconds: 1 },
  foreach: { items: [1], do: ['a'] },
  generator: { model: 'm', prompt: 'p' },
  http_request: { url: 'https://api.test/' },
  logger: { message: 'hello' },
  parallel: { branches: [['a'], ['b']] },
  respond: { status: 201, body: { ok: true } },
  switch: JSON.parse('{"value": 1, "cases": [{"when": 1, "then": ["a"]}]}'),
  transform: { value: { a: 1 } },
  trycatch: { try: ['a'] },
  wait_for_signal: { signal: 'approve' },
  workflow: { workflow: 'other' },
}

describe('the register of components', () => {
  it('holds the components of this release', () => {
    expect([...componentTypes()].sort()).toEqual(Object.keys(SAMPLES).sort())
  })

  it('gives no name to two components', () => {
    const names = Object.values(register).flatMap((component) => [component.type, ...(component.aliases ?? [])])
    expect(new Set(names).size).toBe(names.length)
  })

  it('finds a component under its other spelling (S133)', () => {
    expect(componentOf('http-request')?.type).toBe('http_request')
    expect(componentOf('constructor')).toBeNull()
  })
})

describe.for(Object.keys(SAMPLES))('the component %s', (type) => {
  it('titles and describes itself and every field for forms', () => {
    const schema = z.toJSONSchema(documentConfig(type), { io: 'input' }) as Field
    const fields = Object.entries(schema.properties ?? {})
    expect(fields.length).toBeGreaterThan(0)
    for (const [name, field] of fields) {
      expect({ name, ...field }).toMatchObject({
        title: expect.stringMatching(/./),
        description: expect.stringMatching(/./),
      })
    }
    expect(componentOf(type)).toMatchObject({
      title: expect.stringMatching(/./),
      description: expect.stringMatching(/\.$/),
    })
  })

  it('accepts its sample, as written and resolved', () => {
    expect(documentConfig(type).safeParse(SAMPLES[type]).error).toBeUndefined()
    expect(resolvedConfig(type).safeParse(SAMPLES[type]).error).toBeUndefined()
  })

  it('refuses a key it does not know', () => {
    const result = documentConfig(type).safeParse({ ...(SAMPLES[type] as object), surprise: 1 })
    expect(result.error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['surprise'] }])
  })

  it('answers with an outcome, not an exception, when the outside world refuses', async () => {
    const component = componentOf(type)
    const config = resolvedConfig(type).parse(SAMPLES[type])
    const outcome = await component?.run(config as never, refusing)
    expect(['completed', 'failed', 'waiting', 'opened']).toContain(outcome?.kind)
  })

  it('lists the stages it owns even when its config is not valid', () => {
    const owns = componentOf(type)?.owns
    for (const config of [
      {},
      JSON.parse('{"if_true": 5, "cases": [null, {"then": "x"}], "try": [1], "default": {}}'),
      { cases: 'x' },
    ]) {
      for (const owned of owns?.(config) ?? []) expect(owned.ids.every((id) => typeof id === 'string')).toBe(true)
    }
  })

  it('is described in docs/design/components.md as its schema has it', () => {
    const page = readFileSync(new URL('../../../docs/design/components.md', import.meta.url), 'utf8')
    const schema = z.toJSONSchema(documentConfig(type), { io: 'input' }) as Field
    const row = page.split('\n').find((line) => line.startsWith(`| \`${type}\``))
    const documented = [...(row?.split('|')[2] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, name]) => name)
    expect(documented).toEqual(Object.keys(schema.properties ?? {}))
  })
})

describe('a templated field', () => {
  const timeout = (value: unknown, schema = documentConfig('http_request')) =>
    schema.safeParse({ url: 'https://api.test/', timeout: value }).success

  it('holds a value or one whole expression while it is written', () => {
    expect(timeout(5_000)).toBe(true)
    expect(timeout('{{ vars.timeout }}')).toBe(true)
    expect(timeout('about {{ vars.timeout }}')).toBe(false)
    expect(timeout('5000')).toBe(false)
  })

  it('holds the value only once it is resolved', () => {
    expect(timeout(5_000, resolvedConfig('http_request'))).toBe(true)
    expect(timeout('{{ vars.timeout }}', resolvedConfig('http_request'))).toBe(false)
  })

  it('keeps to 1,000 to 300,000 ms when it is a timeout', () => {
    expect([999, 1_000, 300_000, 300_001].map((ms) => timeout(ms))).toEqual([false, true, true, false])
  })
})

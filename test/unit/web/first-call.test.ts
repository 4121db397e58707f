import { expect, test } from 'vitest'
import { exampleInput } from '#lib/executions/example-input.ts'
import { runCommand } from '#lib/executions/run-command.ts'
import { safeNext } from '#lib/session/safe-next.ts'

test('the example input holds what the manual trigger requires, and nothing else', () => {
  const inputSchema = {
    orderId: { type: 'string', required: true },
    amount: { type: 'number', required: true, min: 5 },
    currency: { type: 'string', required: true, enum: ['USD', 'EUR'] },
    express: { type: 'boolean', required: true, default: false },
    note: { type: 'string' },
  }
  const definition = { triggers: [{ type: 'webhook' }, { type: 'manual', inputSchema }] }
  expect(exampleInput(definition)).toEqual({ orderId: 'example-orderId', amount: 5, currency: 'USD', express: false })
})

test('a definition without a manual trigger needs no input', () => {
  expect(exampleInput({ stages: [] })).toEqual({})
})

test('the command survives quotes in what it sends', () => {
  const command = runCommand({
    origin: 'http://127.0.0.1:8787',
    key: null,
    workflowId: 'workflow_1',
    environment: 'development',
    input: { name: "O'Hara" },
  })
  expect(command).toContain(`"Authorization: Bearer $MILLRACE_API_KEY"`)
  expect(command).toContain(`{"name":"O'\\''Hara"}`)
})

test('after signing in only a path of this site is opened', () => {
  expect(safeNext('/executions/exec_1?stage=a')).toBe('/executions/exec_1?stage=a')
  for (const bad of [null, '', 'https://evil.example', '//evil.example', '/\\evil.example', '/a\\b', 'executions']) {
    expect(safeNext(bad)).toBe('/executions')
  }
})

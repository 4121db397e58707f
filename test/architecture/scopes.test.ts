import { describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import { defineOperation, type Operation } from '#core/contract/operation'
import { PLAIN_SCOPES } from '#core/contract/scopes'

/** Names of operations that anybody could call because nobody said who may. */
function unguarded(table: Readonly<Record<string, Partial<Operation>>>): readonly string[] {
  const known = new Set<unknown>([...PLAIN_SCOPES, 'public', 'member', 'owner', 'deploy:{environment}'])
  return Object.entries(table).flatMap(([name, { scope }]) => (known.has(scope) ? [] : [name]))
}

describe('every operation says who may call it', () => {
  test('the table has no operation without a scope', () => {
    expect(unguarded(API)).toEqual([])
  })

  test('the rule names an operation that lacks a scope, or has one nobody knows', () => {
    const { scope: _forgotten, ...withoutScope } = API.listExecutions
    const table = {
      withoutScope,
      mistyped: { ...API.getWorkflow, scope: 'workflow:read' as never },
      fine: API.getWorkflow,
    }
    expect(unguarded(table)).toEqual(['withoutScope', 'mistyped'])
  })

  test('an operation without a scope does not compile', () => {
    // @ts-expect-error: scope is required
    const open = defineOperation({ method: 'GET', path: '/v1/open', tag: 'x', summary: 'x', responses: { 200: null } })
    expect(unguarded({ open })).toEqual(['open'])
  })
})

import { describe, expect, test } from 'vitest'
import { API } from '#core/contract/api'
import { readRequest } from '#core/contract/read-request'

const deploy = (value: unknown) => readRequest(API.deployWorkflow.body, value)

describe('reading a request', () => {
  test('an unknown key is refused with its path and the nearest known key', () => {
    const result = deploy({ workflowId: 'w', environment: 'production', relaseNotes: 'x' })
    expect(result).toEqual({
      ok: false,
      error: [
        {
          code: 'unknown_key',
          severity: 'error',
          path: '/relaseNotes',
          message: "'relaseNotes' is not known here",
          hint: "Did you mean 'releaseNotes'?",
        },
      ],
    })
  })

  test('a key that resembles nothing lists what is known', () => {
    const result = readRequest(API.createKey.body, { name: 'x', scopes: ['keys:write'], zzzzzzzz: 1 })
    expect(!result.ok && result.error[0]?.hint).toMatch(/^Known here: name, scopes/)
  })

  test('the snake_case spellings of the sources are read (S122)', () => {
    const result = deploy({ workflow_id: 'w', environment: 'production', release_notes: 'n', auto_activate: false })
    expect(result.ok && result.value).toMatchObject({ workflowId: 'w', releaseNotes: 'n', autoActivate: false })
  })

  test('a key sent in both spellings is refused', () => {
    const result = deploy({ workflow_id: 'w', workflowId: 'w', environment: 'production' })
    expect(!result.ok && result.error[0]).toMatchObject({ code: 'unknown_key', path: '/workflow_id' })
  })

  test('keys inside an input are left as they were written', () => {
    const result = readRequest(API.runWorkflow.body, { workflowId: 'w', input: { workflow_id: 1, customer_id: 2 } })
    expect(result.ok && result.value.input).toEqual({ workflow_id: 1, customer_id: 2 })
  })

  test('names of variables are left as they were written, the members of their values are read', () => {
    const result = readRequest(API.putSecrets.body, {
      secrets: { my_key: { value: 'value-of-it', allowed_hosts: ['a.b'] } },
    })
    expect(result.ok && result.value.secrets).toEqual({ my_key: { value: 'value-of-it', allowedHosts: ['a.b'] } })
  })

  test('a name that would be lost is refused: __proto__ as the name of anything', () => {
    const parse = (text: string) => JSON.parse(text) as unknown
    const variables = readRequest(API.putVariables.body, parse('{"variables":{"__proto__":"x"}}'))
    expect(!variables.ok && variables.error[0]).toMatchObject({ code: 'unusable_key', path: '/variables/__proto__' })
    const draft = readRequest(API.createWorkflow.body, parse('{"definition":{"__proto__":{"stages":[]}}}'))
    expect(!draft.ok && draft.error[0]).toMatchObject({ code: 'unusable_key', path: '/definition/__proto__' })
    const run = readRequest(API.runWorkflow.body, parse('{"workflowId":"w","input":{"a":{"__proto__":1}}}'))
    expect(run.ok && JSON.stringify(run.value.input)).toBe('{"a":{"__proto__":1}}')
  })

  test('names of inherited members are ordinary names', () => {
    const result = readRequest(API.putVariables.body, { variables: { valueOf: 'x', toString: 'y' } })
    expect(result.ok && Object.keys(result.value.variables)).toEqual(['valueOf', 'toString'])
    const refused = readRequest(API.createKey.body, { name: 'x', scopes: ['audit:read'], constructor: 1 })
    expect(!refused.ok && refused.error[0]).toMatchObject({ code: 'unknown_key', path: '/constructor' })
  })

  test('a request that is wrong everywhere is answered with a hundred findings, not with all', () => {
    const body = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, 1]))
    const result = readRequest(API.deployWorkflow.body, body)
    expect(!result.ok && result.error.length).toBe(100)
  })

  test.each(['a\nb', '\u0000', 'half \ud800', 'turned \u202e', ' '])('%j is no name', (name) => {
    const result = readRequest(API.createKey.body, { name, scopes: ['audit:read'] })
    expect(!result.ok && result.error[0]).toMatchObject({ path: '/name' })
  })

  test.each(['Grüße 中 😀', "O'Brien & <Söhne>", '👨‍👩‍👧'])('%j is a name', (name) => {
    expect(readRequest(API.createKey.body, { name, scopes: ['audit:read'] })).toMatchObject({
      ok: true,
      value: { name },
    })
  })

  test.each(['zzz', '-1', 'NaN', '1e3', '', 'workflow_', 'exec_x'])(
    '%j is no cursor of a list of workflows',
    (cursor) => {
      const result = readRequest(API.listWorkflows.query, { cursor }, '/query')
      expect(!result.ok && result.error[0]).toMatchObject({ path: '/query/cursor' })
    },
  )

  test('a missing member is named, one finding each', () => {
    const result = deploy({})
    expect(!result.ok && result.error.map((issue) => [issue.code, issue.path, issue.message])).toEqual([
      ['required', '/workflowId', "'workflowId' is required"],
      ['required', '/environment', "'environment' is required"],
    ])
  })

  test('a finding inside a union says what is wrong with the nearest alternative', () => {
    const result = readRequest(API.putVariables.body, { variables: { A: { value: 'x', secrt: true } } })
    expect(!result.ok && result.error[0]).toMatchObject({
      code: 'unknown_key',
      path: '/variables/A/secrt',
      hint: "Did you mean 'secret'?",
    })
  })

  test('a value of a type that nothing there takes is told all the types that would do', () => {
    const secrets = readRequest(API.putSecrets.body, { secrets: { A: 12_345_678 } })
    expect(!secrets.ok && secrets.error[0]).toMatchObject({
      path: '/secrets/A',
      message: 'Invalid input: expected string or null or object, received number',
    })
    const variables = readRequest(API.putVariables.body, { variables: { A: [] } })
    expect(!variables.ok && variables.error[0]?.message).toBe(
      'Invalid input: expected string or number or boolean or null or object, received array',
    )
    const version = deploy({ workflowId: 'w', environment: 'production', version: null })
    expect(!version.ok && version.error[0]?.message).toBe('Invalid input: expected number or string, received null')
    const wait = readRequest(API.runWorkflow.body, { workflowId: 'w', wait: 1.5 })
    expect(!wait.ok && wait.error[0]?.message).toBe('Invalid input: expected boolean or integer, received number')
  })

  test('a name that cannot be one is told the rule for names', () => {
    const result = readRequest(API.putSecrets.body, { secrets: { 'a-b': 'value-of-it' } })
    expect(!result.ok && result.error[0]).toMatchObject({
      path: '/secrets/a-b',
      message: 'a name holds letters, digits and _, and starts with a letter',
    })
  })

  test('a number in quotes is told to leave them out', () => {
    const result = readRequest(API.scaleDeployment.body, { shards: '4' })
    expect(!result.ok && result.error[0]).toMatchObject({ path: '/shards', hint: 'Write 4 without quotes.' })
  })

  test.each(['tomorrow', '2026-01-05', '2026-01-05T09:00:00'])(
    '%j is no instant, and is told what one looks like',
    (at) => {
      const result = readRequest(API.createKey.body, { name: 'x', scopes: ['audit:read'], expiresAt: at })
      expect(!result.ok && result.error[0]).toMatchObject({
        path: '/expiresAt',
        message: expect.stringContaining('2026-01-05T09:00:00Z'),
      })
    },
  )

  test('a secret that is too short and a password that is weak are told what to take instead', () => {
    const secret = readRequest(API.putSecrets.body, { secrets: { A: 'short12' } })
    expect(!secret.ok && secret.error).toMatchObject([
      { code: 'too_short', path: '/secrets/A', hint: expect.stringContaining('"secret": true') },
    ])
    const signUp = (password: string) => {
      const read = readRequest(API.signUp.body, { email: 'a@example.com', organizationName: 'A', password })
      return read.ok ? [] : read.error.map(({ code, path, hint }) => [code, path, typeof hint])
    }
    expect(signUp('short-one')).toEqual([['too_short', '/password', 'string']])
    expect(signUp('password1234')).toEqual([['too_common', '/password', 'string']])
  })

  test('a type is named as JSON names it', () => {
    const input = readRequest(API.runWorkflow.body, { workflowId: 'w', input: [] })
    expect(!input.ok && input.error[0]?.message).toBe('Invalid input: expected object, received array')
    const limit = readRequest(API.listKeys.query, { limit: 'abc' }, '/query')
    expect(!limit.ok && limit.error[0]?.message).toBe('Invalid input: expected number, received string')
  })
})

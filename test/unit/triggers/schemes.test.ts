import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { triggerOf } from '#core/triggers/registry'
import * as register from '#core/triggers/schemes/index'
import { Authentication, schemeOf, schemeTypes } from '#core/triggers/schemes/registry'

const page = readFileSync(new URL('../../../docs/design/webhook-schemes.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/```yaml\n([^`]+)```/g)].map(([, text = '']) => {
  const { authentication } = parse(text) as { authentication: { type: string } }
  return authentication
})

describe('the register of webhook schemes', () => {
  it('has the five of the guides and the providers (S18)', () => {
    expect(schemeTypes().slice(0, 5)).toEqual(['none', 'api_key', 'bearer', 'hmac', 'oauth'])
    expect(new Set(schemeTypes()).size).toBe(Object.keys(register).length)
  })

  it('has an example of each on its page, which is accepted as it stands', () => {
    expect(examples.map(({ type }) => type).toSorted()).toEqual(schemeTypes().toSorted())
    for (const example of examples) expect(Authentication.parse(example)).toMatchObject(example)
  })

  it.for(examples)('$type refuses what it does not know', (example) => {
    const parsed = Authentication.safeParse({ ...example, sample: 1 })
    expect(parsed.error?.issues).toMatchObject([{ code: 'unrecognized_keys', keys: ['sample'] }])
  })

  it.for(Object.values(register))(
    '$type says what it is, and names its secrets as secrets',
    ({ title, description, secrets }) => {
      expect(title).not.toBe('')
      expect(description).toMatch(/\.$/)
      const literal = triggerOf('webhook')!.credentials
      for (const name of secrets) expect(literal).toContain(`/authentication/${name}`)
    },
  )

  it.for(examples.filter(({ type }) => schemeOf(type as never).secrets.length > 0))(
    '$type cannot be written without a secret, or with an empty one (W-06)',
    (example) => {
      const [field = ''] = schemeOf(example.type as never).secrets
      for (const secret of [undefined, null, '', 7]) {
        expect(Authentication.safeParse({ ...example, [field]: secret }).success).toBe(false)
      }
    },
  )
})

describe('an oauth scheme', () => {
  const right = { type: 'oauth', issuer: 'https://login.example.com', audience: 'hooks' }

  it.for([
    ['an issuer over http', { issuer: 'http://login.example.com' }],
    ['an issuer that is no address', { issuer: 'login.example.com' }],
    ['a user in the address of keys', { jwksUri: 'https://user:word@login.example.com/keys' }],
    ['no issuer', { issuer: undefined }],
    ['no audience', { audience: undefined }],
    ['an empty audience', { audience: '' }],
    ['an empty list of audiences', { audience: [] }],
    ['a signature made with a shared secret (W-15)', { algorithms: ['HS256'] }],
    ['no signature (W-15)', { algorithms: ['none'] }],
    ['no algorithm (W-15)', { algorithms: [] }],
    ['a tolerance of an hour', { clockToleranceSeconds: 3_600 }],
    ['a claim that is no plain value', { claims: { scope: ['a'] } }],
  ] as const)('is refused with %s', ([, part]) => {
    expect(Authentication.safeParse(right).success).toBe(true)
    expect(Authentication.safeParse({ ...right, ...part }).success).toBe(false)
  })
})

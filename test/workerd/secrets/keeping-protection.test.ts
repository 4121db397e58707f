import { describe, expect, it } from 'vitest'
import { newPlace } from '../api/deploy-document'

const production = { params: { name: 'production' } }

type Secret = string | null | { value: string; allowedHosts?: string[] }
type Variable = string | null | { value: string; secret?: boolean }

async function place() {
  const { client } = await newPlace()
  return {
    /** The hosts a secret is bound to after it was set so, one time after the other. */
    hostsAfter: async (...given: readonly Secret[]) => {
      for (const TOKEN of given) {
        expect(await client.putSecrets({ ...production, body: { secrets: { TOKEN } } })).toMatchObject({ status: 200 })
      }
      const seen = await client.getSecrets(production)
      return seen.ok ? seen.body.items.map(({ allowedHosts }) => allowedHosts) : seen
    },
    /** What everybody is shown of a variable after it was set so, one time after the other. */
    shownAfter: async (...given: readonly Variable[]) => {
      for (const PIN of given) {
        expect(await client.putVariables({ ...production, body: { variables: { PIN } } })).toMatchObject({
          status: 200,
        })
      }
      const seen = await client.getVariables(production)
      return seen.ok ? [seen.body.variables['PIN']?.secret, seen.body.variables['PIN']?.value] : seen
    },
  }
}

const BOUND = { value: 'the first value', allowedHosts: ['a.example', 'b.example'] }
const HIDDEN = { value: '1234', secret: true }

describe('a new value of a secret', () => {
  it('that says nothing of hosts goes to those the old one was bound to, and to no other', async () => {
    const { hostsAfter } = await place()
    expect(await hostsAfter(BOUND, 'the second value')).toEqual([BOUND.allowedHosts])
    expect(await hostsAfter({ value: 'the third value' })).toEqual([BOUND.allowedHosts])
  })

  it('is bound to other hosts, or to none, where it says so', async () => {
    const { hostsAfter } = await place()
    expect(await hostsAfter(BOUND, { value: 'the second value', allowedHosts: ['c.example'] })).toEqual([['c.example']])
    expect(await hostsAfter({ value: 'the third value', allowedHosts: [] })).toEqual([[]])
  })

  it('whose name was deleted before is bound to nothing', async () => {
    const { hostsAfter } = await place()
    expect(await hostsAfter(BOUND, null, 'the second value')).toEqual([[]])
  })

  it('finds its hosts in whatever case they were written', async () => {
    const { hostsAfter } = await place()
    expect(await hostsAfter({ value: 'the first value', allowedHosts: ['API.GitHub.com'] })).toEqual([
      ['api.github.com'],
    ])
  })
})

describe('a new value of a variable', () => {
  it('stays hidden where the old one was secret and it says nothing of that', async () => {
    const { shownAfter } = await place()
    expect(await shownAfter(HIDDEN, '5678')).toEqual([true, null])
    expect(await shownAfter({ value: '9012' })).toEqual([true, null])
  })

  it('is shown or hidden where it says so, and shown where its name is new', async () => {
    const { shownAfter } = await place()
    expect(await shownAfter('0000')).toEqual([false, '0000'])
    expect(await shownAfter(HIDDEN)).toEqual([true, null])
    expect(await shownAfter({ value: '5678', secret: false })).toEqual([false, '5678'])
    expect(await shownAfter(HIDDEN, null, '9012')).toEqual([false, '9012'])
  })
})

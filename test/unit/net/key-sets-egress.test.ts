import { describe, expect, it } from 'vitest'
import { createHttpSender } from '../../../worker/adapters/net/http-sender'
import { createKeySets } from '../../../worker/adapters/net/key-sets'
import { DENIED_FORMS } from '../../support/egress-forms'

describe('key sets of issuers', () => {
  it('are never asked for at an address that means a private one, as key set or as issuer (N-04)', async () => {
    const reached: string[] = []
    const policy = { ownHosts: new Set(['millrace.example.com']), allowHosts: new Set<string>(), hostMap: new Map() }
    const send = createHttpSender({
      policy,
      clock: () => 0,
      fetch: async (url) => {
        reached.push(url.href)
        return Response.json({ keys: [] })
      },
    })
    const keySets = createKeySets({ send, clock: () => 0, sleep: async () => undefined })
    // As an issuer, what is asked has a path behind it: those that end in a query or a fragment are other addresses then.
    const issuers = DENIED_FORMS.filter((form) => !/[?#]/.test(form) && URL.canParse(form) && form.endsWith('/'))
    for (const url of DENIED_FORMS) await keySets({ issuer: 'https://issuer.example.com', url }, null)
    for (const issuer of issuers) await keySets({ issuer, url: null }, null)
    expect(reached).toEqual([])
  })
})

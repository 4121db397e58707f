import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { root } from './cruise'
import { plant } from './plant'
import { secretComparisons } from './secret-comparisons'

/** What is called like a secret and is none, with what it is instead. */
const NO_SECRETS: Readonly<Record<string, string>> = {
  'worker/core/model/audit-chain.ts: entryHash(hash, entry) !== entry.hash': 'both are in the export that is verified',
  'worker/core/shard/commit.ts: row.token !== item.token': 'numbers that count claims',
  'worker/core/shard/lease.ts: entry.token !== token': 'numbers that count claims',
  'worker/services/deploy.ts: theirs?.digest !== digestOf(ctx, judged)': 'digests of documents, which versions show',
  'worker/services/own-account.ts: tokenHash === person.tokenHash': 'the asker’s own sessions',
  'worker/services/runner/token-cache.ts: tokens.get(key)?.token === token': 'what this runner was given itself',
}

describe('a secret is compared in time that tells nothing (R-07)', () => {
  test('no comparison stops where it finds the first difference (R-07)', () => {
    expect(secretComparisons(root)).toEqual(Object.keys(NO_SECRETS).toSorted())
  })

  test('every way to compare one is found; whether there is one, or of what kind it is, may be asked (R-07)', () => {
    const tree = plant({
      'worker/a.ts': 'export const a = (secret: string, given: string) => secret === given\n',
      'worker/b.ts': "export const b = (r: Request, csrf: string) => r.headers.get('x-csrf-token') !== csrf\n",
      'worker/c.ts': 'export const c = (row: { tokenHash: string }, given: string) => given == row.tokenHash\n',
      'worker/d.ts': 'export const d = (digest: (x: string) => string, a: string) => a === digest(a)\n',
      'worker/e.ts': 'export const e = (hmacs: string[], given: string) => hmacs.includes(given)\n',
      'worker/f.ts': "export const f = (x: { hash?: string }, given: string) => (x.hash ?? '') === given\n",
      'worker/g.ts': "export const g = (signal: string, token: string | null) => signal === 'x' || token === null\n",
      'worker/h.ts': "export const h = (token: unknown) => typeof token === 'string' && token !== ''\n",
      'worker/i.ts': 'export const i = (design: string, assigned: string) => design === assigned\n',
    })
    const found = secretComparisons(tree)
    rmSync(tree, { recursive: true })
    expect(found).toEqual([
      'worker/a.ts: secret === given',
      "worker/b.ts: r.headers.get('x-csrf-token') !== csrf",
      'worker/c.ts: given == row.tokenHash',
      'worker/d.ts: a === digest(a)',
      'worker/e.ts: hmacs.includes(given)',
      "worker/f.ts: (x.hash ?? '') === given",
    ])
  })
})

import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { root } from './cruise'
import { outgoingCalls } from './outgoing'
import { plant } from './plant'

describe('whatever leaves has been judged (N-04)', () => {
  test('the platform’s fetch is called in one place, and no socket is opened anywhere', () => {
    expect(outgoingCalls(root)).toEqual(['worker/adapters/net/platform-fetch.ts: fetch'])
  })

  test('every way out is found; a fetch that is an argument, a method or a word is none', () => {
    const tree = plant({
      'worker/a.ts': 'export const a = () => fetch("https://a.example")\n',
      'worker/b.ts': 'export const b = { fetch }\n',
      'worker/c.ts': 'export const c = globalThis.fetch\n',
      'worker/d.ts': "import { connect } from 'cloudflare:sockets'\nexport const d = connect\n",
      'worker/e.ts': 'export const e = () => new WebSocket("wss://a.example")\n',
      'worker/f.ts': 'const mine = fetch\nexport const f = (url: URL) => mine(url)\n',
      'worker/g.ts': '// fetch\nexport const g = ({ fetch }: { fetch: () => void }) => fetch()\n',
      'worker/h.ts': "export const h = { fetch() { return 'fetch' }, get: (x: { fetch(): void }) => x.fetch() }\n",
      'worker/i.ts': 'export function i(fetch: () => void) {\n  return () => fetch()\n}\n',
    })
    const found = outgoingCalls(tree)
    rmSync(tree, { recursive: true })
    expect(found).toEqual([
      'worker/a.ts: fetch',
      'worker/b.ts: fetch',
      'worker/c.ts: globalThis.fetch',
      'worker/d.ts: cloudflare:sockets',
      'worker/e.ts: WebSocket',
      'worker/f.ts: fetch',
    ])
  })
})

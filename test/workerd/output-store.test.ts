import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createOutputStore } from '../../worker/adapters/r2/output-store'

const store = createOutputStore(env.BUCKET)

describe('the store of outputs', () => {
  it.for([
    ['small', '{"a":"é😀"}'],
    ['large', `"${'x'.repeat(1_000_000)}"`],
    ['in two bytes', 'é'.repeat(400_000)],
    ['in pairs', '😀'.repeat(300_000)],
    ['in pairs that never stand where a piece ends', `x${'😀'.repeat(300_000)}`],
    ['with half a pair', `${'y'.repeat(400_000)}\ud83d`],
  ] as const)('gives back what it was given: %s', async ([name, text]) => {
    const key = `o/test/${crypto.randomUUID()}/${name}`
    await store.put(key, [text, ',', text])
    const back = await store.get(key)
    expect(back === `${text},${text}`.toWellFormed()).toBe(true)
  })

  it('has nothing under a key that was never written', async () => {
    expect(await store.get(`o/test/${crypto.randomUUID()}`)).toBeNull()
  })
})

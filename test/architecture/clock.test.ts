import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ambientTimeAndChance } from './ambient'
import { root } from './cruise'
import { plant } from './plant'

describe('time and chance are arguments', () => {
  test('core and services never ask the machine for the time or for chance', () => {
    expect(ambientTimeAndChance(root)).toEqual([])
  })

  test('a file that does is found, a comment about it is not', () => {
    const tree = plant({
      'worker/core/kernel/now.ts': 'export const at = () => Date.now()\n',
      'worker/core/kernel/today.ts': 'export const today = () => new Date()\n',
      'worker/services/dice.ts': 'export const dice = () => Math.random()\n',
      'worker/services/parsed.ts': '/** Never Date.now() here. */\nexport const at = (ms: number) => new Date(ms)\n',
      'worker/adapters/clock.ts': 'export const clock = () => Date.now()\n',
    })
    const found = ambientTimeAndChance(tree)
    rmSync(tree, { recursive: true })
    expect(found).toEqual([
      'worker/core/kernel/now.ts: Date.now(',
      'worker/core/kernel/today.ts: new Date()',
      'worker/services/dice.ts: Math.random',
    ])
  })
})

import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { root } from './cruise'
import { longFiles } from './long-files'
import { plant } from './plant'

describe('files stay readable', () => {
  test('no file has more than 400 lines', () => {
    expect(longFiles(root)).toEqual([])
  })

  test('one line more is found', () => {
    const tree = plant({
      'worker/core/full.ts': '//\n'.repeat(400),
      'worker/core/overfull.ts': '//\n'.repeat(401),
      'web/build/generated.mjs': '//\n'.repeat(999),
    })
    const found = longFiles(tree)
    rmSync(tree, { recursive: true })
    expect(found).toEqual(['worker/core/overfull.ts: 401'])
  })
})

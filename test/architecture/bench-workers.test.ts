import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { root } from './cruise'

const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

test.each(['floor', 'pure', 'counting'])('the bench’s %s worker has every object that is bound to ours', (name) => {
  const bound = new Set([...read('wrangler.toml').matchAll(/class_name = "(\w+)"/g)].map(([, it]) => it))
  const exported = new Set(
    [...read(`bench/${name}/worker.mjs`).matchAll(/^export (?:class|const) (\w+)/gm)].map(([, it]) => it),
  )
  expect(bound.size).toBeGreaterThan(0)
  expect([...bound].filter((it) => !exported.has(it))).toEqual([])
})

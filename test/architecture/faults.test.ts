import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { coverageProblems } from './coverage-page'
import { root } from './cruise'

const faults = [...Array.from({ length: 18 }, (_, n) => n + 1), 23, 24, 25, 29, 30, 31]
const required = faults.map((number) => `F-${String(number).padStart(2, '0')}`)

test('every fault has a row that names the tests which cause it, and each of them is there', () => {
  const page = readFileSync(path.join(root, 'docs/design/faults.md'), 'utf8')
  expect(coverageProblems(root, page, required)).toEqual([])
})

import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { coverageProblems } from './coverage-page'
import { root } from './cruise'
import { plant } from './plant'

const span = (letter: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `${letter}${from + index}`)

const single = [48, 52, 53, 55, 75, 76, 102, 120, 122, 126]

/** What the first release has to do, and the invariants of its protocol. */
const required = [
  ...span('S', 2, 4),
  ...span('S', 12, 13),
  ...span('S', 15, 26),
  ...single.map((number) => `S${number}`),
  ...span('S', 133, 158),
  ...span('I', 1, 14),
]

describe('what is required is proven where the page says', () => {
  test('every requirement has a row, and every test a row names is there', () => {
    const page = readFileSync(path.join(root, 'docs/coverage.md'), 'utf8')
    expect(coverageProblems(root, page, required)).toEqual([])
  })

  test('a missing row, an empty one, a missing file and a missing title are found', () => {
    const tree = plant({
      'test/unit/door.test.ts':
        "test('opens', () => {})\nit.for([1])(\n  'opens for %i',\n  () => {},\n)\n// 'closes'\n",
    })
    const page = [
      '- **S1** It opens.',
      '  - `test/unit/door.test.ts › opens`',
      '  - `test/unit/door.test.ts › opens for %i`',
      '- **S2** It closes.',
      '  - `test/unit/door.test.ts › closes`',
      '  - `test/unit/gate.test.ts › closes`',
      '- **S3** It locks.',
      '- **S4** It rings.',
      '  - Open: there is no bell.',
      '- **S4** It rings.',
      '  - test/unit/door.test.ts › opens',
      '',
      '- `test/unit/door.test.ts › opens`',
    ].join('\n')
    const found = coverageProblems(tree, page, ['S1', 'S5'])
    rmSync(tree, { recursive: true })
    expect(found).toEqual([
      'S5: no row',
      'S4: two rows',
      "S2: test/unit/door.test.ts has no 'closes'",
      'S2: there is no test/unit/gate.test.ts',
      'S3: neither a test nor what is open',
      'S4: neither a test nor what is open',
      'S4: not understood: - test/unit/door.test.ts › opens',
      'S4: not understood: - `test/unit/door.test.ts › opens`',
    ])
  })
})

import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { coverageProblems } from './coverage-page'
import { root } from './cruise'
import { plant } from './plant'
import { citedCases, unlisted, withCitations } from './security-cases'

const span = (letter: string, to: number, from = 1) =>
  Array.from({ length: to - from + 1 }, (_, n) => `${letter}-${String(n + from).padStart(2, '0')}`)

const required = [
  ...span('W', 24),
  ...span('S', 9),
  ...span('N', 6),
  ...span('T', 32),
  ...span('R', 15),
  ...span('A', 17),
  'A-20',
]

describe('what strangers may try is tried', () => {
  test('every case has a row, every test a row names is there, and every case a test names is in its row', () => {
    const page = readFileSync(path.join(root, 'docs/design/security-cases.md'), 'utf8')
    expect(coverageProblems(root, page, required)).toEqual([])
    expect(unlisted(page, citedCases(root)), 'run node scripts/security-cases.mjs').toEqual([])
  })

  test('a new test is found and written under its case; what is open stays written', () => {
    const tree = plant({
      'test/unit/door.test.ts':
        "it('opens for nobody (W-01, N-02)', () => {})\nit.for([1])(\n  `W-02 is %i`,\n  () => {},\n)\n",
      'test/unit/other.test.ts': "it('shuts (N-02)', () => {})\n",
    })
    const cases = citedCases(tree)
    rmSync(tree, { recursive: true })
    const before = [
      '# Page',
      '- **W-01** Doors.',
      '  - `test/gone.test.ts › gone`',
      '- **W-02** Bells.',
      '- **S-01** Keys.',
      '  - Open: later.',
    ]
    const after = withCitations(before.join('\n'), cases)
    expect(unlisted(before.join('\n'), cases)).toEqual(['N-02'])
    expect(after.split('\n')).toEqual([
      '# Page',
      '- **W-01** Doors.',
      '  - `test/unit/door.test.ts › opens for nobody (W-01, N-02)`',
      '- **W-02** Bells.',
      '  - Open: nothing tries it yet.',
      '- **S-01** Keys.',
      '  - Open: later.',
    ])
    expect(cases.get('N-02')?.map(({ file }) => file)).toEqual(['test/unit/door.test.ts', 'test/unit/other.test.ts'])
    expect(withCitations(after, cases)).toBe(after)
  })
})

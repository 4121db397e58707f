import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

export type Citation = { readonly file: string; readonly title: string }

const TITLE = /\(\s*(['"`])((?:\\.|(?!\1)[^\\`])*)\1\s*,/g
const NAMED = /\(([^()]*)\)/g
const ID = /\b[WSNTRA]-\d\d\b/g
const ROW = /^- \*\*([WSNTRA]-\d\d)\*\* \S/
const CITED = /^ {2}- `test\//
const NOTHING_YET = '  - Open: nothing tries it yet.'

/** Which tests name which cases, in parentheses in their titles: `(W-15)`, `(S-01, N-04)`. */
export function citedCases(tree: string): ReadonlyMap<string, readonly Citation[]> {
  const cases = new Map<string, Citation[]>()
  const files = readdirSync(path.join(tree, 'test'), { recursive: true, encoding: 'utf8' })
  for (const name of files.filter((file) => file.endsWith('.test.ts')).toSorted()) {
    const file = `test/${name.replaceAll(path.sep, '/')}`
    if (file.startsWith('test/architecture/')) continue
    for (const title of titlesIn(readFileSync(path.join(tree, file), 'utf8'))) {
      for (const id of idsIn(title)) cases.set(id, [...(cases.get(id) ?? []), { file, title }])
    }
  }
  return cases
}

function titlesIn(source: string): ReadonlySet<string> {
  return new Set([...source.matchAll(TITLE)].map(([, , title = '']) => title))
}

function idsIn(title: string): ReadonlySet<string> {
  return new Set([...title.matchAll(NAMED)].flatMap(([, inner = '']) => inner.match(ID) ?? []))
}

/** The page with the tests of each row as they are now. Rows and what is written as open stay. */
export function withCitations(page: string, cases: ReadonlyMap<string, readonly Citation[]>): string {
  const lines = page.split('\n').filter((line) => !CITED.test(line) && line !== NOTHING_YET)
  const written = lines.flatMap((line, at) => {
    const id = ROW.exec(line)?.[1]
    if (id === undefined) return [line]
    const cited = (cases.get(id) ?? []).map(({ file, title }) => `  - \`${file} › ${title}\``)
    const isOpen = /^ {2}- Open: /.test(lines[at + 1] ?? '')
    return [line, ...(cited.length > 0 || isOpen ? cited : [NOTHING_YET])]
  })
  return written.join('\n')
}

/** Cases that tests name and the page does not, or not with any of those tests. */
export function unlisted(page: string, cases: ReadonlyMap<string, readonly Citation[]>): readonly string[] {
  const rows = new Map<string, string[]>()
  for (const line of page.split('\n')) {
    const id = ROW.exec(line)?.[1]
    if (id !== undefined) rows.set(id, [])
    else if (CITED.test(line)) [...rows.values()].at(-1)?.push(line)
  }
  return [...cases.keys()].filter((id) => (rows.get(id) ?? []).length === 0).toSorted()
}

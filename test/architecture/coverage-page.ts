import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

type Row = {
  readonly id: string
  readonly citations: readonly { readonly file: string; readonly title: string }[]
  /** It says in words what nothing proves. */
  readonly isOpen: boolean
  /** Lines under it that are neither. */
  readonly others: readonly string[]
}

const ROW = /^- \*\*([SI]\d+|[FWSNTRA]-\d\d)\*\* \S/
const CITATION = /^ {2}- `(test\/[^`›]+) › ([^`]+)`$/
const OPEN = /^ {2}- Open: \S/

/** The rows of docs/coverage.md: `- **S1** text`, and under each `- \`file › title\`` or `- Open: text`. */
function readRows(markdown: string): readonly Row[] {
  const rows: { id: string; lines: string[] }[] = []
  for (const line of markdown.split('\n')) {
    const id = ROW.exec(line)?.[1]
    if (id !== undefined) rows.push({ id, lines: [] })
    else if (/^ *- /.test(line)) rows.at(-1)?.lines.push(line)
  }
  return rows.map(({ id, lines }) => ({
    id,
    citations: lines.flatMap((line) => {
      const [, file, title] = CITATION.exec(line) ?? []
      return file === undefined || title === undefined ? [] : [{ file, title }]
    }),
    isOpen: lines.some((line) => OPEN.test(line)),
    others: lines.filter((line) => !CITATION.test(line) && !OPEN.test(line)).map((line) => line.trim()),
  }))
}

/** What is wrong with the page: a row that is missing or says nothing, a test that is not there. */
export function coverageProblems(tree: string, markdown: string, required: readonly string[]): readonly string[] {
  const rows = readRows(markdown)
  const ids = rows.map(({ id }) => id)
  return [
    ...required.filter((id) => !ids.includes(id)).map((id) => `${id}: no row`),
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id}: two rows`),
    ...rows.flatMap((row) => rowProblems(tree, row)),
  ]
}

function rowProblems(tree: string, { id, citations, isOpen, others }: Row): readonly string[] {
  const silent = citations.length === 0 && !isOpen ? [`${id}: neither a test nor what is open`] : []
  const unreadable = others.map((line) => `${id}: not understood: ${line}`)
  const absent = citations.flatMap(({ file, title }) => {
    const place = path.join(tree, file)
    if (!existsSync(place)) return [`${id}: there is no ${file}`]
    return isTitleIn(readFileSync(place, 'utf8'), title) ? [] : [`${id}: ${file} has no '${title}'`]
  })
  return [...silent, ...unreadable, ...absent]
}

/** Titles stand in quotes as the first argument of a call. */
function isTitleIn(source: string, title: string): boolean {
  const escaped = title.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`\\(\\s*(['"\`])${escaped}\\1\\s*,`).test(source)
}

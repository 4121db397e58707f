import type { AnyNode, ExportDefaultDeclaration, ExportNamedDeclaration, Program } from 'acorn'
import { invariant } from '../kernel/assert'
import { pauses, type CodeEdit } from './code-pauses'
import { readCode } from './code-source'

/** Lines of a module that stand before the author's first one. */
const LINES_BEFORE = 1

/** What a module's factory is called with: the names that mean something of the call's own. */
const OWN_NAMES = 'globalThis, self, console, fetch'

const LINE_BREAK = /\r\n|[\n\r\u2028\u2029]/

/**
 * The module a source is run as: it exports a factory that evaluates the whole source anew and answers the function to call
 * with `(inputs, context)`, so that nothing declared in it outlives a call. The factory's last argument is called wherever
 * the source might go on for long. Throws for a source that readCode refuses.
 */
export function codeModule(source: string): string {
  const { form, entry, pause, edits, last } = shapeOf(source)
  const text = edits.toSorted((a, b) => b.from - a.from).reduce(applied, source)
  if (form === 'body') {
    const head = `export default async (${OWN_NAMES}, ${pause}) => (inputs, { secrets, log, execution }) => (async function () {`
    return `${head}\n${text}\n}).call()\n`
  }
  const head = `export default async (${OWN_NAMES}, ${pause}) => { let ${entry}; await (async function () {`
  return `${head}\n${text}\n;${last}}).call(); return ${entry} }\n`
}

export type CodePlace = { readonly line: number; readonly column: number }

/** Where a place of the module, both counted from 1, lies in the source it was made of; null when it is not of the source. */
export function placeInSource(source: string, { line, column }: CodePlace): CodePlace | null {
  const own = line - LINES_BEFORE
  const lines = source.split(LINE_BREAK)
  if (own < 1 || own > lines.length) return null
  const rest = source.split(new RegExp(`(${LINE_BREAK.source})`)).slice(0, (own - 1) * 2)
  const start = rest.join('').length
  const end = start + (lines[own - 1]?.length ?? 0)
  const inserted = shapeOf(source).edits.filter(({ from, to }) => from === to && from >= start && from <= end)
  let shift = 0
  for (const { from, put } of inserted.toSorted((a, b) => a.from - b.from)) {
    const at = from - start + 1 + shift
    if (column <= at) break
    shift += Math.min(put.length, column - at)
  }
  return { line: own, column: column - shift }
}

function shapeOf(source: string) {
  const read = readCode(source)
  invariant(read.ok, 'the source of a stored version parses')
  const { form, program } = read.value
  const [entry, pause] = unusedNames(source)
  const exported = form === 'module' ? withoutExports(program, entry) : { edits: [], last: '' }
  return { form, entry, pause, edits: [...exported.edits, ...pauses(program, pause)], last: exported.last }
}

function unusedNames(source: string): [entry: string, pause: string] {
  let n = 0
  while (source.includes(`$${n}`)) n++
  return [`$${n}e`, `$${n}p`]
}

function withoutExports(program: Program, entry: string): { edits: CodeEdit[]; last: string } {
  const edits: CodeEdit[] = []
  let last = ''
  for (const node of program.body) {
    if (node.type === 'ExportNamedDeclaration') {
      last += namedAsDefault(node, entry)
      edits.push({ from: node.start, to: node.declaration?.start ?? node.end, put: ';' })
    } else if (node.type === 'ExportDefaultDeclaration') {
      const name = nameOf(node)
      if (name !== null) last += `${entry} = ${name};`
      edits.push({ from: node.start, to: node.declaration.start, put: name === null ? `;${entry}=` : ';' })
      if (name === null) edits.push({ from: node.end, to: node.end, put: ';' })
    }
  }
  return { edits, last }
}

/** A named default export stays a declaration: the source may call it by its name. */
function nameOf({ declaration }: ExportDefaultDeclaration): string | null {
  const node: AnyNode = declaration
  if (node.type !== 'FunctionDeclaration' && node.type !== 'ClassDeclaration') return null
  return node.id?.name ?? null
}

function namedAsDefault({ specifiers }: ExportNamedDeclaration, entry: string): string {
  const found = specifiers.find(({ exported }) => exported.type === 'Identifier' && exported.name === 'default')
  return found?.local.type === 'Identifier' ? `${entry} = ${found.local.name};` : ''
}

/** Of several texts put in one place, the one applied last comes first. */
function applied(source: string, { from, to, put }: CodeEdit): string {
  const rest = to > from ? source.slice(from + put.length, to).replace(/[^\r\n\u2028\u2029]/g, ' ') : ''
  return source.slice(0, from) + put + rest + source.slice(to)
}

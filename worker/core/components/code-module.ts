import type { AnyNode, ExportDefaultDeclaration, ExportNamedDeclaration, Program } from 'acorn'
import { invariant } from '../kernel/assert'
import { readCode } from './code-source'

/** Lines of a module that stand before the author's first one. */
export const CODE_LINES_BEFORE = 1

/** What a module's factory is called with: the names that mean something of the call's own. */
const OWN_NAMES = 'globalThis, self, console, fetch'

/**
 * The module a source is run as: it exports a factory that evaluates the whole source anew and answers the function to call
 * with `(inputs, context)`, so that nothing declared in it outlives a call. Every line of the source keeps its text and its
 * columns, `CODE_LINES_BEFORE` lines further down. Throws for a source that readCode refuses.
 */
export function codeModule(source: string): string {
  const read = readCode(source)
  invariant(read.ok, 'the source of a stored version parses')
  const { form, program } = read.value
  if (form === 'body') {
    const head = `export default async (${OWN_NAMES}) => (inputs, { secrets, log, execution }) => (async function () {`
    return `${head}\n${source}\n}).call()\n`
  }
  const entry = unusedName(source)
  const { text, last } = withoutExports(source, program, entry)
  const head = `export default async (${OWN_NAMES}) => { let ${entry}; await (async function () {`
  return `${head}\n${text}\n;${last}}).call(); return ${entry} }\n`
}

function unusedName(source: string): string {
  let n = 0
  while (source.includes(`$${n}`)) n++
  return `$${n}`
}

type Edit = { readonly from: number; readonly to: number; readonly put: string }

function withoutExports(source: string, program: Program, entry: string): { text: string; last: string } {
  const edits: Edit[] = []
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
  return { text: edits.toSorted((a, b) => b.from - a.from).reduce(applied, source), last }
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

/** Puts a text in the place of another of at least its length, line breaks kept. */
function applied(source: string, { from, to, put }: Edit): string {
  const rest = source.slice(from + put.length, to).replace(/[^\r\n\u2028\u2029]/g, ' ')
  return source.slice(0, from) + put + (to > from ? rest : '') + source.slice(to)
}

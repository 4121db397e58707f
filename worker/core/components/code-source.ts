import { parse, type AnyNode, type Program } from 'acorn'
import { err, ok, type Result } from '../kernel/result'
import { eachNode } from './each-node'

/** Why a source cannot be run; `line` and `column` count from 1. */
export type CodeProblem = {
  readonly code: 'code_syntax' | 'code_import' | 'code_no_entry'
  readonly line: number
  readonly column: number
  readonly message: string
  readonly hint: string
}

/** A source that parses: a module with a default export, or the body of a function. */
export type CodeSource =
  { readonly form: 'module'; readonly program: Program } | { readonly form: 'body'; readonly program: Program }

const IMPORT_HINT = 'Code stages cannot load modules. Web APIs such as fetch, crypto, URL and TextEncoder are there.'
const ENTRY_HINT =
  'Write export default async function (inputs, { secrets, log, fetch }) { … }, or statements that return a value.'
const SYNTAX_HINT = 'Code is JavaScript of a module; types and JSX are not understood.'

type SyntaxProblem = { readonly message: string; readonly loc?: { readonly line: number; readonly column: number } }

/** Reads the source of a code stage. Never throws. */
export function readCode(source: string): Result<CodeSource, CodeProblem> {
  const asModule = parsed(source, false)
  if (!asModule.ok) {
    const asBody = parsed(source, true)
    if (!asBody.ok) return asBody
    const foreign = foreignModule(source, asBody.value)
    if (foreign !== null) return err(foreign)
    const exported = asBody.value.body.find(({ type }) => type.startsWith('Export'))
    if (exported !== undefined) return asModule
    return ok({ form: 'body', program: asBody.value })
  }
  const program = asModule.value
  const foreign = foreignModule(source, program)
  if (foreign !== null) return err(foreign)
  if (hasDefault(program)) return ok({ form: 'module', program })
  const message = 'The code has neither a default export nor a return'
  return err({ code: 'code_no_entry', line: 1, column: 1, message, hint: ENTRY_HINT })
}

function parsed(source: string, allowReturnOutsideFunction: boolean): Result<Program, CodeProblem> {
  try {
    return ok(
      parse(source, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: false, allowReturnOutsideFunction }),
    )
  } catch (thrown) {
    const { message, loc } = thrown as SyntaxProblem
    // Without a place it is no finding of the parser: the source is nested deeper than its stack.
    const text = loc === undefined ? 'It is nested too deep' : message.replace(/ \(\d+:\d+\)$/, '')
    const { line, column } = loc ?? { line: 1, column: 0 }
    return err({ code: 'code_syntax', line, column: column + 1, message: text, hint: SYNTAX_HINT })
  }
}

function hasDefault({ body }: Program): boolean {
  return body.some(
    (node) =>
      node.type === 'ExportDefaultDeclaration' ||
      (node.type === 'ExportNamedDeclaration' &&
        node.specifiers.some(({ exported }) => exported.type === 'Identifier' && exported.name === 'default')),
  )
}

/** The first place that reaches for another module, in whatever way. */
function foreignModule(source: string, program: Program): CodeProblem | null {
  let first: AnyNode | null = null as AnyNode | null
  eachNode(program, (node) => {
    if (isForeign(node) && (first === null || node.start < first.start)) first = node
  })
  if (first === null) return null
  const before = source.slice(0, first.start).split(/\r\n|[\n\r\u2028\u2029]/)
  const column = (before.at(-1)?.length ?? 0) + 1
  return { code: 'code_import', line: before.length, column, message: 'It imports a module', hint: IMPORT_HINT }
}

function isForeign(node: AnyNode): boolean {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'ExportAllDeclaration':
      return true
    case 'MetaProperty':
      return node.meta.name === 'import'
    case 'ExportNamedDeclaration':
      return node.source !== null && node.source !== undefined
    default:
      return false
  }
}

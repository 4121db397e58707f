import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { sourceFiles } from './source-files'

/** What leaves for the network without asking anybody. */
const LEAVING = new Set(['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'connect'])
const SOCKET_MODULES = new Set(['cloudflare:sockets', 'node:net', 'node:tls', 'node:http', 'node:https', 'node:dgram'])

/** Uses of the platform's own way out, in hand-written code of the worker: `file: what`. */
export const outgoingCalls = (tree: string): string[] =>
  sourceFiles(tree, ['worker']).flatMap((file) => {
    const text = readFileSync(path.join(tree, file), 'utf8')
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    const found: string[] = []
    visit(source, new Set(), (what) => found.push(`${file}: ${what}`))
    return found
  })

function visit(node: ts.Node, shadowed: ReadonlySet<string>, tell: (what: string) => void): void {
  const inner = new Set([...shadowed, ...declaredIn(node)])
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    if (SOCKET_MODULES.has(node.moduleSpecifier.text)) tell(node.moduleSpecifier.text)
    return
  }
  if (ts.isTypeNode(node)) return
  if (ts.isPropertyAccessExpression(node)) {
    const owner = node.expression.getText()
    if (/^(?:globalThis|self|window)$/.test(owner) && LEAVING.has(node.name.text)) tell(`${owner}.${node.name.text}`)
    return visit(node.expression, inner, tell)
  }
  if (ts.isIdentifier(node) && LEAVING.has(node.text) && isValue(node) && !inner.has(node.text)) tell(node.text)
  ts.forEachChild(node, (child) => visit(child, inner, tell))
}

/** Names a scope gives a meaning of its own: its parameters, and what its statements and imports declare. */
function declaredIn(node: ts.Node): string[] {
  if (ts.isFunctionLike(node)) return node.parameters.flatMap(({ name }) => namesOf(name))
  if (!ts.isBlock(node) && !ts.isSourceFile(node)) return []
  return node.statements.flatMap((statement) => {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap(({ name }) => namesOf(name))
    if (ts.isFunctionDeclaration(statement)) return statement.name === undefined ? [] : [statement.name.text]
    if (!ts.isImportDeclaration(statement)) return []
    const bindings = statement.importClause?.namedBindings
    return bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : []
  })
}

function namesOf(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text]
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(element.name) : []))
}

/** Whether an identifier stands for a value, and not for the name of a member or a declaration. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false
  const isName = 'name' in parent && parent.name === node && !ts.isShorthandPropertyAssignment(parent)
  const isProperty = ts.isBindingElement(parent) && parent.propertyName === node
  return !isName && !isProperty
}

import { readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { sourceFiles } from './source-files'

const EQUALITIES = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
])
/** Words at the end of a name that say: whoever learns how much of this they guessed can guess the rest. */
const TELLING = new Set(['secret', 'token', 'sig', 'signature', 'hmac', 'mac', 'digest', 'hash', 'csrf', 'password'])
/** Calls of texts and lists that stop at the first difference. */
const SEARCHES = new Set(['includes', 'indexOf', 'startsWith', 'endsWith', 'localeCompare'])

/** Comparisons of what only its owner knows that take longer the more of it is right: `file: comparison`. */
export const secretComparisons = (tree: string): string[] =>
  sourceFiles(tree, ['worker']).flatMap((file) => {
    const text = readFileSync(path.join(tree, file), 'utf8')
    const found: string[] = []
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), (node) =>
      found.push(`${file}: ${node.getText().replaceAll(/\s+/g, ' ')}`),
    )
    return found
  })

function visit(node: ts.Node, tell: (node: ts.Node) => void): void {
  if (isComparison(node) || isSearch(node)) tell(node)
  ts.forEachChild(node, (child) => visit(child, tell))
}

function isComparison(node: ts.Node): boolean {
  if (!ts.isBinaryExpression(node) || !EQUALITIES.has(node.operatorToken.kind)) return false
  const sides = [node.left, node.right]
  return sides.some(isTelling) && !sides.some(isKnownToAll)
}

function isSearch(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false
  const { expression, name } = node.expression
  const sides = [expression, ...node.arguments.slice(0, 1)]
  return SEARCHES.has(name.text) && sides.some(isTelling) && !sides.some(isKnownToAll)
}

/** Whether the last name of an expression is that of a secret: of `a.b.tokenHash`, `digest(x)` and `row.hash ?? ''`. */
function isTelling(node: ts.Expression): boolean {
  if (ts.isIdentifier(node)) return endsTelling(node.text)
  if (ts.isPropertyAccessExpression(node)) return isTelling(node.name as ts.Identifier)
  if (ts.isElementAccessExpression(node)) return isTelling(node.expression) || isNamed(node.argumentExpression)
  if (ts.isCallExpression(node)) return isTelling(node.expression) || node.arguments.some(isNamed)
  if (ts.isAwaitExpression(node) || ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node))
    return isTelling(node.expression)
  if (ts.isBinaryExpression(node)) return isTelling(node.left) || isTelling(node.right)
  return false
}

/** `'x-csrf-token'`, the name something secret is kept under. */
function isNamed(node: ts.Expression): boolean {
  return ts.isStringLiteral(node) && endsTelling(node.text)
}

/** What stands in the program is nobody's secret. */
function isKnownToAll(node: ts.Expression): boolean {
  return (
    ts.isLiteralExpression(node) ||
    ts.isTypeOfExpression(node) ||
    [ts.SyntaxKind.NullKeyword, ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword].includes(node.kind) ||
    (ts.isIdentifier(node) && node.text === 'undefined')
  )
}

/** `tokenHash` and `hmacs`, not `secretHosts`, `signal` or `design`. */
function endsTelling(name: string): boolean {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase()
  return TELLING.has((words.split(/[^a-z0-9]+/).at(-1) ?? '').replace(/s$/, ''))
}

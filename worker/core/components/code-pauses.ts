import type { AnyNode, Program } from 'acorn'
import { eachNode } from './each-node'

/** A text that takes the place of another, which is at least as long, or of none at all. */
export type CodeEdit = { readonly from: number; readonly to: number; readonly put: string }

/**
 * Calls of `pause` at the start of every loop's round and of every function: code that never ends passes by one of them
 * again and again. Outer places come first. What the language does by itself (a regular expression, a sort) has none.
 */
export function pauses(program: Program, pause: string): CodeEdit[] {
  const edits: CodeEdit[] = []
  const insert = (at: number, put: string) => edits.push({ from: at, to: at, put })
  eachNode(program, (node) => {
    const body = bodyOf(node)
    if (body === null) return
    if (body.type === 'BlockStatement') return void insert(body.start + 1, `${pause}();`)
    const isStatement = node.type !== 'ArrowFunctionExpression'
    insert(body.start, isStatement ? `{${pause}();` : `(${pause}(),`)
    insert(body.end, isStatement ? '}' : ')')
  })
  return edits
}

function bodyOf(node: AnyNode): AnyNode | null {
  switch (node.type) {
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return node.body
    default:
      return null
  }
}

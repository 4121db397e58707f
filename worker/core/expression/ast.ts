import type { Json } from '../kernel/json'

export const ROOTS = ['input', 'vars', 'secrets', 'stages', 'execution', 'trigger', 'output', 'item', 'index'] as const
export type Root = (typeof ROOTS)[number]

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||' | '??' | '+' | '-' | '*' | '/' | '%'

/** Where a node stands in the string it came from: first character and the one behind its last. */
type Span = { readonly at: number; readonly end: number }

/** A parsed expression. Parentheses leave no trace but the shape. */
export type Node = Span &
  (
    | { readonly type: 'literal'; readonly value: Json }
    | { readonly type: 'list'; readonly items: readonly Node[] }
    | { readonly type: 'root'; readonly name: Root }
    | { readonly type: 'index'; readonly object: Node; readonly key: Node; readonly optional: boolean }
    | { readonly type: 'call'; readonly name: string; readonly args: readonly Node[] }
    | { readonly type: 'unary'; readonly operator: '!' | '-'; readonly operand: Node }
    | { readonly type: 'binary'; readonly operator: BinaryOperator; readonly left: Node; readonly right: Node }
    | { readonly type: 'conditional'; readonly test: Node; readonly yes: Node; readonly no: Node }
  )

import type { AnyNode, Program } from 'acorn'

/** Visits every node of a program, those around others first. Needs no stack of its own, however deep they lie. */
export function eachNode(program: Program, visit: (node: AnyNode) => void): void {
  const open: unknown[] = [program]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value !== 'object' || value === null) continue
    if ('type' in value && 'start' in value) visit(value as AnyNode)
    open.push(...(Object.values(value) as unknown[]))
  }
}

/** The smallest of a growing set of numbers, again and again. */
class MinHeap {
  readonly #items: number[] = []

  get size(): number {
    return this.#items.length
  }

  push(value: number): void {
    const items = this.#items
    let at = items.push(value) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if ((items[parent] ?? 0) <= value) break
      items[at] = items[parent] ?? 0
      at = parent
    }
    items[at] = value
  }

  pop(): number {
    const items = this.#items
    const top = items[0] ?? 0
    const last = items.pop() ?? 0
    if (items.length === 0) return top
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= items.length) break
      if (child + 1 < items.length && (items[child + 1] ?? 0) < (items[child] ?? 0)) child++
      if ((items[child] ?? 0) >= last) break
      items[at] = items[child] ?? 0
      at = child
    }
    items[at] = last
    return top
  }
}

/** One ring among nodes that each have a predecessor in `stuck`: walked backwards, answered in forward order. */
function findRing(
  stuck: ReadonlySet<number>,
  predecessors: readonly (readonly number[] | undefined)[],
  start: number,
): number[] {
  const path: number[] = []
  let node: number | undefined = start
  while (node !== undefined && !path.includes(node)) {
    path.push(node)
    node = predecessors[node]?.find((earlier) => stuck.has(earlier))
  }
  return node === undefined ? [] : path.slice(path.indexOf(node)).toReversed()
}

/**
 * Orders nodes so that each comes behind its predecessors, the smallest number first among those that may. Where nodes
 * wait for each other in a ring, the ring is reported and then taken as done, so that every node has its place.
 */
export function orderNodes(predecessors: readonly (readonly number[] | undefined)[]): {
  order: number[]
  cycles: number[][]
} {
  const successors: number[][] = []
  const waiting = new Map<number, number>()
  const nodes = new Set<number>()
  predecessors.forEach((earlier, node) => {
    if (earlier === undefined) return
    nodes.add(node)
    for (const from of earlier) {
      nodes.add(from)
      ;(successors[from] ??= []).push(node)
    }
    waiting.set(node, earlier.length)
  })
  const ready = new MinHeap()
  const stuck = new Set(nodes)
  for (const node of nodes) if ((waiting.get(node) ?? 0) === 0) ready.push(node)
  const order: number[] = []
  const cycles: number[][] = []
  const release = (node: number) => {
    if (!stuck.delete(node)) return
    order.push(node)
    for (const later of successors[node] ?? []) {
      const left = (waiting.get(later) ?? 0) - 1
      waiting.set(later, left)
      if (left === 0) ready.push(later)
    }
  }
  while (stuck.size > 0) {
    while (ready.size > 0) release(ready.pop())
    const [first] = stuck
    if (first === undefined) break
    const ring = findRing(stuck, predecessors, first)
    cycles.push(ring)
    for (const node of ring) release(node)
  }
  return { order, cycles }
}

export type Transactions = {
  readonly run: <T>(work: () => T) => T
  readonly set: <K, V>(table: Map<K, V>, key: K, value: V) => void
  readonly remove: <K, V>(table: Map<K, V>, key: K) => void
}

type Change = {
  readonly table: Map<unknown, unknown>
  readonly key: unknown
  readonly had: boolean
  readonly before: unknown
}

/**
 * Writes to Maps that happen together or not at all, at a cost that grows with the writes only. A transaction inside
 * another is undone by itself; a write outside of any is one of its own. `beforeCommit` sees the last moment before the
 * outermost is durable, and undoes it by throwing.
 */
export function createTransactions(beforeCommit: () => void): Transactions {
  const changes: Change[] = []
  let depth = 0

  function run<T>(work: () => T): T {
    const mark = changes.length
    depth += 1
    try {
      const value = work()
      if (depth === 1) {
        beforeCommit()
        changes.length = 0
      }
      return value
    } catch (error) {
      undo(changes.splice(mark))
      throw error
    } finally {
      depth -= 1
    }
  }

  function note<K, V>(table: Map<K, V>, key: K): void {
    const before = table.get(key)
    changes.push({ table: table as Map<unknown, unknown>, key, had: before !== undefined || table.has(key), before })
  }

  function set<K, V>(table: Map<K, V>, key: K, value: V): void {
    if (depth === 0) return run(() => set(table, key, value))
    note(table, key)
    table.set(key, value)
  }

  function remove<K, V>(table: Map<K, V>, key: K): void {
    if (depth === 0) return run(() => remove(table, key))
    note(table, key)
    table.delete(key)
  }

  return { run, set, remove }
}

function undo(changes: readonly Change[]): void {
  for (const { table, key, had, before } of changes.toReversed()) {
    if (had) table.set(key, before)
    else table.delete(key)
  }
}

import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/** Bytes and number of files under each kind of store (`d1`, `do`, `r2`) of a state folder. */
export function stored(stateFolder) {
  const totals = { d1: empty(), do: empty(), r2: empty() }
  for (const entry of readdirSync(stateFolder, { recursive: true, withFileTypes: true })) {
    const total = totals[path.relative(stateFolder, entry.parentPath).split(path.sep)[0]]
    if (!entry.isFile() || total === undefined) continue
    total.bytes += statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0
    total.files += 1
  }
  return totals
}

const empty = () => ({ bytes: 0, files: 0 })

import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/** Bytes under each kind of store of a state folder (`d1`, `do`, `r2`), and the number of R2 objects. */
export function stored(stateFolder) {
  const totals = { d1: 0, do: 0, r2: 0, r2Objects: 0 }
  for (const entry of readdirSync(stateFolder, { recursive: true, withFileTypes: true })) {
    const [kind, ...inside] = path.relative(stateFolder, path.join(entry.parentPath, entry.name)).split(path.sep)
    if (!entry.isFile() || !(kind in totals)) continue
    totals[kind] += statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0
    if (kind === 'r2' && inside.includes('blobs')) totals.r2Objects += 1
  }
  return totals
}

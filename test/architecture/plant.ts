import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Writes a tree of files (path → content) into a fresh temporary folder and answers the folder. */
export function plant(files: Record<string, string>): string {
  const tree = mkdtempSync(path.join(tmpdir(), 'millrace-tree-'))
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(tree, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  return tree
}

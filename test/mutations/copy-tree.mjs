import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const LEFT_OUT = new Set(['node_modules', '.git', 'dist', '.millrace', '.wrangler', '.svelte-kit', 'test-results'])

/** A copy of the project to break things in; the installed packages are shared. */
export function copyTree(root) {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-mutations-'))
  const filter = (source) => !LEFT_OUT.has(path.basename(source))
  cpSync(root, folder, { recursive: true, filter })
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  return {
    folder,
    /** Applies patches and answers a function that takes them back; throws when one of them does not fit. */
    patch(patches) {
      const before = new Map()
      const undo = () => before.forEach((text, file) => writeFileSync(file, text))
      try {
        for (const { file, find, put } of patches) applyOne(path.join(folder, file), find, put, before)
      } catch (error) {
        undo()
        throw error
      }
      return undo
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function applyOne(file, find, put, before) {
  const text = readFileSync(file, 'utf8')
  const times = text.split(find).length - 1
  if (times !== 1) throw new Error(`The patch no longer applies: ${file} has ${times} times\n${find}`)
  if (!before.has(file)) before.set(file, text)
  writeFileSync(
    file,
    text.replace(find, () => put),
  )
}

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './root.mjs'

const generated = new Set(['node_modules', 'build', '.svelte-kit'])

function* filesUnder(name) {
  const full = path.join(root, name)
  if (!existsSync(full)) return
  if (!statSync(full).isDirectory()) return void (yield name)
  for (const entry of readdirSync(full).sort()) if (!generated.has(entry)) yield* filesUnder(path.join(name, entry))
}

/** Digest over the content of files and folders (relative to the repository). Contents, because git rewrites times. */
export function digestOf(names) {
  const hash = createHash('sha256')
  for (const name of names)
    for (const file of filesUnder(name)) {
      hash.update(`${file}\0`)
      hash.update(readFileSync(path.join(root, file)))
    }
  return hash.digest('hex')
}

/** Does the work unless the stamp file already holds this digest and the product of the work is there. */
export async function unlessStamped({ stamp, digest, product, title }, work) {
  const stampFile = path.join(root, stamp)
  const fresh =
    existsSync(stampFile) && readFileSync(stampFile, 'utf8') === digest && existsSync(path.join(root, product))
  if (fresh) return
  const startedAt = performance.now()
  process.stderr.write(`${title} … `)
  await work()
  mkdirSync(path.dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, digest)
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(1)} s\n`)
}

import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'

const generated = /(^|\/)(node_modules|build|\.svelte-kit|fixtures)(\/|$)/

/** Paths (relative to the tree) of the hand-written source files under the given folders. */
export function sourceFiles(tree: string, folders: string[]): string[] {
  return folders
    .filter((folder) => existsSync(path.join(tree, folder)))
    .flatMap((folder) =>
      readdirSync(path.join(tree, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        path.join(folder, name),
      ),
    )
    .filter((name) => /\.(ts|mjs|cjs|svelte)$/.test(name) && !generated.test(name))
    .sort()
}

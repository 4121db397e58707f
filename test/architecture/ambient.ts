import { readFileSync } from 'node:fs'
import path from 'node:path'
import { sourceFiles } from './source-files'

const ambient = /\b(Date\.now\(|new Date\(\s*\)|Date\(\s*\)|Math\.random\b|crypto\.randomUUID\b|performance\.now\b)/
const comments = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm

/** Places where the rooms that take time and chance as arguments reach for the machine's own: `file: what`. */
export const ambientTimeAndChance = (tree: string): string[] =>
  sourceFiles(tree, ['worker/core', 'worker/services']).flatMap((file) => {
    const found = ambient.exec(readFileSync(path.join(tree, file), 'utf8').replaceAll(comments, ''))
    return found ? [`${file}: ${found[1]}`] : []
  })

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { sourceFiles } from './source-files'

const linesMax = 400
const folders = ['worker', 'web', 'cli', 'scripts', 'bench', 'test', 'examples']

/** Source files longer than a reader should have to bear: `file: lines`. */
export const longFiles = (tree: string): string[] =>
  sourceFiles(tree, folders).flatMap((file) => {
    const lines = readFileSync(path.join(tree, file), 'utf8').trimEnd().split('\n').length
    return lines > linesMax ? [`${file}: ${lines}`] : []
  })

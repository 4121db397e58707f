import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

/** The repository. */
export const root = path.resolve(import.meta.dirname, '../..')

/** Runs the rules of .dependency-cruiser.cjs over a tree; answers each breach as `rule: importing file → imported`. */
export function cruise(tree: string): string[] {
  const rooms = ['worker', 'web/src', 'cli'].filter((room) => existsSync(path.join(tree, room)))
  const script = path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const config = path.join(root, '.dependency-cruiser.cjs')
  // The reporter's exit code is the number of breaches; json always exits with 0.
  const report = execFileSync(process.execPath, [script, '--config', config, '--output-type', 'json', ...rooms], {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  })
  const { summary } = JSON.parse(report) as { summary: { violations: Breach[] } }
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`).sort()
}

type Breach = { rule: { name: string }; from: string; to: string }

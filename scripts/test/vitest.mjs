import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { tool } from './tool.mjs'
import { reportOf } from './vitest-report.mjs'

/** Runs one project of vitest.config.ts. */
export async function vitest(project, env = {}) {
  const report = reportOf(project)
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', `--reporter=${path.join(root, 'scripts/test/vitest-report.mjs')}`]
  const settings = { WRANGLER_LOG: 'error', MILLRACE_TEST_PROJECT: project, ...env }
  const failure = await tool('vitest', ['run', '--project', project, ...reporters], settings).catch((error) => error)
  const { passed, failed } = JSON.parse(readFileSync(report, 'utf8'))
  if (failure instanceof Error && failed.length === 0) throw failure
  return { passed, failed }
}

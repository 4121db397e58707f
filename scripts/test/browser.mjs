import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { tool } from './tool.mjs'

/** Runs the browser tests against a server of their own. A skipped test counts as failed. */
export async function browser() {
  const report = path.join(root, 'dist/report-browser.json')
  rmSync(report, { force: true })
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report }
  const failure = await tool('playwright', ['test', '--reporter=list,json'], env).catch((error) => error)
  const { expected, unexpected, flaky, skipped } = JSON.parse(readFileSync(report, 'utf8')).stats
  const failed = unexpected + flaky + skipped
  if (failure instanceof Error && failed === 0) throw failure
  return { passed: expected, failed }
}

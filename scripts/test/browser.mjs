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
  const { stats, suites } = JSON.parse(readFileSync(report, 'utf8'))
  const failed = suites.flatMap(specsOf).flatMap(({ title, file, tests }) =>
    tests
      .filter(({ status }) => status !== 'expected')
      .map(({ status, results }) => {
        const why = results.flatMap(({ errors }) => errors.map(({ message }) => message))
        return [`test/e2e/${file} › ${title}`, status, ...why].join('\n')
      }),
  )
  if (failure instanceof Error && failed.length === 0) throw failure
  return { passed: stats.expected, failed }
}

function specsOf({ specs, suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)]
}

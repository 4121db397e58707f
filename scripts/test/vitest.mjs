import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { tool } from './tool.mjs'

/** Runs one project of vitest.config.ts. A skipped test counts as failed: no promise is left unchecked. */
export async function vitest(project, env = {}) {
  const report = path.join(root, `dist/report-${project}.json`)
  rmSync(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const args = ['run', '--project', project, ...reporters]
  const failure = await tool('vitest', args, { WRANGLER_LOG: 'error', ...env }).catch((error) => error)
  const { numPassedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const failed = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== 'passed')
      .map(({ fullName, status, failureMessages }) =>
        [
          `${path.relative(root, name)} › ${fullName}`,
          ...(failureMessages.length > 0 ? failureMessages : [status]),
        ].join('\n'),
      ),
  )
  // A file that does not load, or an error outside of any test, fails the run without failing a test.
  if (failure instanceof Error && failed.length === 0) throw failure
  return { passed: numPassedTests, failed }
}

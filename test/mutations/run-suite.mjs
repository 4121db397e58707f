import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { run } from '../../scripts/bootstrap/run.mjs'
import { toolEnv } from '../../scripts/bootstrap/tool-env.mjs'

/** Runs a suite in a folder and answers the names of what failed in it; throws when it failed and nothing says why. */
export async function runSuite({ command, args, names }, folder) {
  const report = path.join(folder, 'report.json')
  rmSync(report, { force: true })
  const options = { env: { ...toolEnv(), WRANGLER_LOG: 'error' }, cwd: folder }
  const reporting = names === undefined ? ['--reporter=json', `--outputFile.json=${report}`] : []
  const failure = await run(command, [...args, ...reporting], options).then(
    () => null,
    (error) => error,
  )
  const failed = names === undefined ? failedTests(report, folder) : found(names, failure)
  if (failed.length === 0 && failure !== null) throw failure
  return failed
}

function failedTests(report, folder) {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  return testResults.flatMap(({ name, status, assertionResults }) => {
    const file = path.relative(folder, name)
    const titles = assertionResults.filter((it) => it.status === 'failed').map((it) => `${file} › ${it.title}`)
    return titles.length === 0 && status === 'failed' ? [`${file} does not load`] : titles
  })
}

function found(names, failure) {
  return [...(failure?.message ?? '').matchAll(names)].map(([text]) => text.replace(/\s+/g, ' '))
}

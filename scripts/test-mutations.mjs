// Breaks what the engine promises, one promise at a time, in a copy of the project, and runs the fast suites against it.
// Green although broken means that the suite is worth nothing there, and the run fails. Names the tests that noticed.
//   npm run test:mutations            all of test/mutations/mutations.mjs
//   npm run test:mutations -- b1 e    only these
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { copyTree } from '../test/mutations/copy-tree.mjs'
import { mutations } from '../test/mutations/mutations.mjs'
import { root } from './bootstrap/root.mjs'
import { run } from './bootstrap/run.mjs'
import { toolEnv } from './bootstrap/tool-env.mjs'

const SUITES = [
  'unit/shard',
  'unit/services',
  'simulate',
  'workerd/shard',
  'workerd/runner',
  'workerd/deployment',
  'workerd/faults',
]
const NAMED = 3

/** Runs the suites in a folder; answers the titles of the tests that failed. */
async function failures(folder) {
  const report = path.join(folder, 'report.json')
  rmSync(report, { force: true })
  const env = { ...toolEnv(), WRANGLER_LOG: 'error', MILLRACE_TEST_SEEDS: '300' }
  const args = ['run', ...SUITES.map((name) => `test/${name}`), '--reporter=json', `--outputFile.json=${report}`]
  const failure = await run('vitest', args, { env, cwd: folder }).catch((error) => error)
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const failed = testResults.flatMap(({ name, status, assertionResults }) => {
    const file = path.relative(folder, name)
    const titles = assertionResults.filter((it) => it.status === 'failed').map((it) => `${file} › ${it.title}`)
    return titles.length === 0 && status === 'failed' ? [`${file} does not load`] : titles
  })
  if (failed.length === 0 && failure instanceof Error) throw failure
  return failed
}

const print = (text) => void process.stdout.write(`${text}\n`)
const seconds = (since) => `${((performance.now() - since) / 1_000).toFixed(0)} s`

async function main() {
  const asked = process.argv.slice(2)
  const chosen = mutations.filter(({ id }) => asked.length === 0 || asked.includes(id))
  const startedAt = performance.now()
  const tree = copyTree(root)
  let survived = 0
  try {
    const before = await failures(tree.folder)
    if (before.length > 0) throw new Error(`Already red without any mutation:\n${before.join('\n')}`)
    print(`unbroken: green (${seconds(startedAt)})`)
    for (const { id, breaks, patches } of chosen) {
      const since = performance.now()
      const undo = tree.patch(patches)
      const caught = await failures(tree.folder)
      undo()
      if (caught.length === 0) survived += 1
      print(
        `(${id}) ${breaks}: ${caught.length === 0 ? 'NOT CAUGHT' : `caught by ${caught.length}`} (${seconds(since)})`,
      )
      for (const title of caught.slice(0, NAMED)) print(`      ${title}`)
    }
  } finally {
    tree.remove()
  }
  print(`${chosen.length - survived} of ${chosen.length} mutations caught in ${seconds(startedAt)}`)
  return survived
}

try {
  process.exit((await main()) === 0 ? 0 : 1)
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

// Breaks what the engine promises, one promise at a time, in a copy of the project, and runs the suites listed for it there.
// Green although broken means that the suites are worth nothing there, and the run fails. Names what noticed.
//   npm run test:mutations            all of test/mutations/mutations.mjs, each until a suite notices
//   npm run test:mutations -- b1 e    only these
//   npm run test:mutations -- --all   every suite of each, to see which of them notice
import { parseArgs } from 'node:util'
import { copyTree } from '../test/mutations/copy-tree.mjs'
import { mutations } from '../test/mutations/mutations.mjs'
import { runSuite } from '../test/mutations/run-suite.mjs'
import { suites } from '../test/mutations/suites.mjs'
import { root } from './bootstrap/root.mjs'

const NAMED = 3

const { values, positionals } = parseArgs({ options: { all: { type: 'boolean' } }, allowPositionals: true })

const print = (text) => void process.stdout.write(`${text}\n`)
const seconds = (since) => `${((performance.now() - since) / 1_000).toFixed(0)} s`

function chosen() {
  const unknown = positionals.filter((id) => !mutations.some((it) => it.id === id))
  if (unknown.length > 0) throw new Error(`No mutation is called ${unknown.join(', ')}`)
  return mutations.filter(({ id }) => positionals.length === 0 || positionals.includes(id))
}

async function expectGreen(names, folder) {
  for (const name of names) {
    const since = performance.now()
    const red = await runSuite(suites[name], folder)
    if (red.length > 0) throw new Error(`Already red without any mutation, ${name}:\n${red.join('\n')}`)
    print(`unbroken, ${name}: green (${seconds(since)})`)
  }
}

/** Whether any of its suites noticed. */
async function isCaught({ id, breaks, caughtBy, patches }, tree) {
  const undo = tree.patch(patches)
  let caught = false
  print(`(${id}) ${breaks}`)
  for (const name of caughtBy) {
    const since = performance.now()
    const red = await runSuite(suites[name], tree.folder)
    print(`    ${name}: ${red.length === 0 ? 'did not notice' : `RED, ${red.length} failed`} (${seconds(since)})`)
    for (const title of red.slice(0, NAMED)) print(`        ${title}`)
    caught ||= red.length > 0
    if (caught && values.all !== true) break
  }
  if (!caught) print('    NOT CAUGHT')
  undo()
  return caught
}

async function main() {
  const asked = chosen()
  const startedAt = performance.now()
  const tree = copyTree(root)
  let caught = 0
  try {
    for (const { patches } of asked) tree.patch(patches)()
    await expectGreen(new Set(asked.flatMap(({ caughtBy }) => caughtBy)), tree.folder)
    for (const mutation of asked) caught += (await isCaught(mutation, tree)) ? 1 : 0
  } finally {
    tree.remove()
  }
  print(`${caught} of ${asked.length} mutations caught in ${seconds(startedAt)}`)
  return caught === asked.length
}

try {
  process.exit((await main()) ? 0 : 1)
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

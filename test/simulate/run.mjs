import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'vite'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUNDLE = fileURLToPath(new URL('../../dist/simulate/main.mjs', import.meta.url))
const SHOWN_FAULTS_MAX = 40

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100000' },
    from: { type: 'string', default: '0' },
    seed: { type: 'string' },
  },
})
const from = Number(values.seed ?? values.from)
const to = values.seed === undefined ? from + Number(values.seeds) : from + 1

/** The shard, runner and ingress that ship, and the world they are simulated in, as one file for Node. */
async function bundle() {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: 'test/simulate/main.ts',
      outDir: 'dist/simulate',
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'main.mjs' } },
    },
    ssr: { noExternal: true },
  })
}

const say = (text) => process.stdout.write(`${text}\n`)

/** @param {{ outcome: import('./run-seed').Outcome, smallest: import('./run-seed').Outcome }} failure */
function describe({ outcome, smallest }) {
  const faults = smallest.faults
    .slice(0, SHOWN_FAULTS_MAX)
    .map(({ kind, at }) => `    ${new Date(at).toISOString()} ${kind}`)
  return [
    `seed ${outcome.seed} broke (${outcome.faults.length} faults, ${smallest.faults.length} of them needed):`,
    ...smallest.broken.map((words) => `  ${words}`),
    ...faults,
    `  again: npm run test:simulate -- --seed ${outcome.seed}`,
  ].join('\n')
}

function run(worker, workers, totals) {
  return new Promise((resolve, reject) => {
    const child = fork(BUNDLE, [from + worker, to, workers].map(String))
    child.on('message', (message) => {
      if (message.type === 'totals') totals.set(worker, message.totals)
      else say(describe(message))
    })
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`A worker of the simulation ended with ${code}.`)),
    )
  })
}

await bundle()
const startedAt = performance.now()
const totals = new Map()
const workers = Math.min(availableParallelism(), to - from)
await Promise.all(Array.from({ length: workers }, (_, worker) => run(worker, workers, totals)))
const sum = (name) => [...totals.values()].reduce((all, one) => all + one[name], 0)
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
say(
  `${sum('seeds')} seeds, ${sum('executions')} executions (${sum('brought')} run before they were accepted), ${sum('effects')} effects, ${sum('faults')} faults: ` +
    `${sum('failures')} failed (${seconds} s)`,
)
process.exitCode = sum('failures') > 0 || sum('seeds') === 0 ? 1 : 0

// `npm run bench [-- --quick] [--only name,name] [--json file]`: measures Millrace beside two floors on this machine and
// prints one table. Loopback only; ends what it starts. The exit code tells whether everything ran, never how fast.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createBench } from './bench.mjs'
import { measurements } from './measure/index.mjs'
import { readOptions } from './options.mjs'
import { table } from './report/table.mjs'
import { bundle } from './server/bundle.mjs'
import { serve } from './server/serve.mjs'
import { workerSecrets } from './server/worker-secrets.mjs'
import { sizesOf } from './sizes.mjs'

const progress = (text) => void process.stderr.write(`${text}\n`)

async function measureAll(options, folder) {
  const vars = workerSecrets()
  const floor = await serve({
    bundle: await bundle(import.meta.resolve('./floor/worker.mjs')),
    stateFolder: path.join(folder, 'floor'),
    vars,
  })
  const bench = createBench({ folder, floor, sizes: sizesOf(options.quick), progress })
  const rows = []
  try {
    for (const name of options.only) {
      const startedAt = performance.now()
      progress(`${name} …`)
      rows.push(...(await measureOne(name, bench)))
      progress(`${name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
    }
  } finally {
    await floor.stop()
  }
  return rows
}

/** One measurement that breaks is reported in its row and leaves the others alone. */
async function measureOne(name, bench) {
  try {
    return await measurements[name](bench)
  } catch (error) {
    progress(error.stack)
    return [{ quantity: name, measured: 'did not run', failures: [error.message] }]
  }
}

async function main() {
  const options = readOptions(process.argv.slice(2), Object.keys(measurements))
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-bench-'))
  try {
    const rows = await measureAll(options, folder)
    process.stdout.write(`\n${table(rows)}\n`)
    if (options.json) writeFileSync(options.json, `${JSON.stringify(rows, null, 2)}\n`)
    const failures = rows.flatMap(({ quantity, failures: found = [] }) => found.map((text) => `${quantity}: ${text}`))
    if (failures.length === 0) return
    progress(`\n${failures.length} failed, the first: ${failures[0]}`)
    process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error.stack}\n`)
  process.exitCode = 1
}

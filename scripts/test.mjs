// Every check of the project, or those named as arguments. All of them run, then the last line counts tests:
// `N passed, N failed`. A check that is not a test counts as one failure when it fails.
import { checks } from './test/checks.mjs'

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name))
if (unknown.length > 0)
  throw new Error(`No check is called ${unknown.join(', ')}: ${checks.map(({ name }) => name).join(' ')}`)

let passed = 0
const failures = []
for (const { name, title, run } of checks.filter((check) => wanted.length === 0 || wanted.includes(check.name))) {
  const startedAt = performance.now()
  process.stdout.write(`\n── ${title}\n`)
  try {
    const counts = await run()
    passed += counts?.passed ?? 0
    for (let n = 0; n < (counts?.failed ?? 0); n++) failures.push(name)
  } catch (error) {
    process.stdout.write(`${error.message}\n`)
    failures.push(name)
  }
  const verdict = failures.includes(name) ? 'FAILED' : 'ok'
  process.stdout.write(`── ${title}: ${verdict} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)\n`)
}

if (failures.length > 0) process.stdout.write(`\nfailed: ${[...new Set(failures)].join(', ')}\n`)
process.stdout.write(`\n${passed} passed, ${failures.length} failed\n`)
process.exit(failures.length > 0 ? 1 : 0)

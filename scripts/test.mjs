// Every check of the project, or those named as arguments. All of them run, then what failed is said once more and the last
// line counts tests: `N passed, N failed`. A check that is not a test counts as one failure when it fails.
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
  const { failed, ...counts } = await outcomeOf(run)
  passed += counts.passed
  failures.push(...failed.map((what) => `${name}: ${what}`))
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`── ${title}: ${failed.length > 0 ? 'FAILED' : 'ok'} (${seconds} s)\n`)
}

for (const failure of failures) process.stdout.write(`\nfailed: ${failure}\n`)
process.stdout.write(`\n${passed} passed, ${failures.length} failed\n`)
process.exit(failures.length > 0 ? 1 : 0)

/** How many tests passed, and a text about each that did not. */
async function outcomeOf(run) {
  try {
    return { passed: 0, failed: [], ...(await run()) }
  } catch (error) {
    process.stdout.write(`${error.message}\n`)
    return { passed: 0, failed: [error.message] }
  }
}

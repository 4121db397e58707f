import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../bootstrap/root.mjs'

/** Where a run of `project` leaves how many of its tests passed, and a text about each that did not. */
export const reportOf = (project) => path.join(root, `dist/report-${project}.json`)

/**
 * A reporter of vitest. Beside tests that failed it names what no test says: a suite whose hook failed, a file that does not
 * load, an error outside of any test. A skipped test counts as failed: no promise is left unchecked.
 */
export default class Report {
  onTestRunEnd(modules, unhandled) {
    const failed = [...modules.flatMap(failuresOf), ...unhandled.map((error) => textOf('outside of any test', [error]))]
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const passed = tests.filter((test) => test.result().state === 'passed').length
    const report = reportOf(process.env.MILLRACE_TEST_PROJECT)
    mkdirSync(path.dirname(report), { recursive: true })
    writeFileSync(report, JSON.stringify({ passed, failed }))
  }
}

function failuresOf(module) {
  const suites = [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0)
  const tests = [...module.children.allTests()].filter((test) => test.result().state !== 'passed')
  const name = ({ fullName }) => [path.relative(root, module.moduleId), ...(fullName ? [fullName] : [])].join(' › ')
  return [
    ...suites.map((suite) => textOf(name(suite), suite.errors())),
    ...tests.map((test) => textOf(name(test), test.result().errors ?? [], test.result().state)),
  ]
}

function textOf(name, errors, state = 'failed') {
  return [name, ...(errors.length > 0 ? errors.map(whyOf) : [state])].join('\n')
}

/** With the places of ours, and none of the libraries'. */
function whyOf({ message, stack = message }) {
  return stack.replaceAll(/\n.*node_modules.*/g, '')
}

import { browser } from './browser.mjs'
import { deployable } from './deployable.mjs'
import { migrationsMatch } from './migrations-match.mjs'
import { tool } from './tool.mjs'
import { types } from './types.mjs'
import { vitest } from './vitest.mjs'

/** The checks in the order they run. Each throws when it fails, or answers how many tests passed and failed. */
export const checks = [
  { name: 'types', title: 'types', run: types },
  { name: 'lint', title: 'lint', run: () => tool('oxlint', ['--type-aware', '--deny-warnings']) },
  { name: 'format', title: 'format', run: () => tool('prettier', ['--check', '--log-level', 'warn', '.']) },
  { name: 'unused', title: 'unused code and dependencies', run: () => tool('knip', []) },
  { name: 'migrations', title: 'migrations match the schema', run: migrationsMatch },
  {
    name: 'openapi',
    title: 'the published contract is the one served',
    run: () => tool('node', ['scripts/openapi.mjs', '--check']),
  },
  { name: 'deployable', title: 'every environment can be deployed', run: deployable },
  { name: 'unit', title: 'unit tests', run: () => vitest('unit') },
  { name: 'simulate', title: 'simulated faults', run: () => vitest('simulate') },
  { name: 'architecture', title: 'architecture tests', run: () => vitest('architecture') },
  { name: 'workerd', title: 'tests in workerd', run: () => vitest('workerd') },
  { name: 'contract', title: 'contract tests', run: () => vitest('contract') },
  {
    name: 'crash',
    title: 'every seventh kill; npm run test:crash does them all',
    run: () => vitest('crash', { MILLRACE_TEST_CRASH_SHARE: '7' }),
  },
  { name: 'server', title: 'tests of the running server', run: () => vitest('server') },
  { name: 'browser', title: 'browser tests', run: browser },
]

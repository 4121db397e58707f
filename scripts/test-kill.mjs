// Ends the running server with kill -9 again and again under load, 50 times and 2,000 executions unless told otherwise:
//   npm run test:kill -- --kills 50 --executions 2000
// What is judged, and how, stands in test/server/kill-under-load.test.ts; `npm test` runs a shorter one.
import { parseArgs } from 'node:util'
import { tool } from './test/tool.mjs'

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '50' }, executions: { type: 'string', default: '2000' } },
})

try {
  await tool('vitest', ['run', '--project', 'server', 'test/server/kill-under-load'], {
    MILLRACE_TEST_KILLS: values.kills,
    MILLRACE_TEST_EXECUTIONS: values.executions,
    WRANGLER_LOG: 'error',
  })
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

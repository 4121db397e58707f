// Kills shards, deployments, runners and senders before and after each of their calls, in every way, and prints how many
// calls there were to what, how many kills, and what broke: npm run test:crash
// `npm test` does every seventh kill of the same.
import { tool } from './test/tool.mjs'

try {
  await tool('vitest', ['run', '--project', 'crash'], { MILLRACE_TEST_CRASH_SHARE: '1', WRANGLER_LOG: 'error' })
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

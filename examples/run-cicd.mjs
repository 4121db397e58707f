// Runs the CI/CD pipeline against a stand-in for GitHub, Kubernetes, the test runner, Slack and the model.
//   node examples/run-cicd.mjs [--scenario healthy] [--fast]
//   node examples/run-cicd.mjs --url http://127.0.0.1:8787 --key mr_… [--stand-in http://127.0.0.1:9001]
// Without --url it starts a Millrace of its own, with its state in a temporary folder, and ends it afterwards.
// --fast publishes the pipeline without the pauses between its attempts. Ends with 1 when the pipeline did not end
// with the status its scenario leads to.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { client } from '../scripts/serve/client.mjs'
import { expectedStatus } from './cicd/expected-status.mjs'
import { follow } from './cicd/follow.mjs'
import { publish } from './cicd/publish.mjs'
import { startMillrace } from './cicd/start-millrace.mjs'
import { startStandIn } from './cicd/start-stand-in.mjs'
import { timeline } from './cicd/timeline.mjs'
import { withoutDelays } from './cicd/without-delays.mjs'

const { values: options } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'healthy' },
    fast: { type: 'boolean', default: false },
    url: { type: 'string' },
    key: { type: 'string' },
    'stand-in': { type: 'string' },
  },
})

const read = (name) => JSON.parse(readFileSync(new URL(`cicd/${name}`, import.meta.url), 'utf8'))
const print = (text) => void process.stdout.write(`${text}\n`)
const started = []

async function start(scenario) {
  if (options.url) {
    if (options['stand-in']) await client(options['stand-in'])('POST', '/__scenario', { scenario })
    return { url: options.url, apiKey: options.key }
  }
  const standIn = await startStandIn(scenario)
  started.push(standIn)
  const millrace = await startMillrace(standIn.port)
  started.push(millrace)
  return millrace
}

async function main() {
  const { scenario } = options
  const expected = expectedStatus(scenario)
  const { url, apiKey } = await start(scenario)
  const call = client(url, { Authorization: `Bearer ${apiKey}` })
  const pipeline = read('deploy.pipeline.json')
  const workflowId = await publish(call, options.fast ? withoutDelays(pipeline) : pipeline)
  const { execution, trace } = await follow(call, { workflowId, input: read('input.json') })
  print(timeline(trace))
  print(JSON.stringify(execution.output ?? execution.error, null, 2))
  const status = execution.output?.deployment?.status
  if (status === expected) return
  print(`The scenario '${scenario}' should end as ${expected}; this execution is ${execution.status} (${status}).`)
  process.exitCode = 1
}

async function stopAll() {
  for (const child of started.splice(0).toReversed()) await child.stop()
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stopAll().then(() => process.exit(130)))

try {
  await main()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
} finally {
  await stopAll()
}

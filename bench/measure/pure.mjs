import path from 'node:path'
import { below, digits, ms } from '../report/format.mjs'
import { bundle } from '../server/bundle.mjs'
import { serve } from '../server/serve.mjs'
import { workerSecrets } from '../server/worker-secrets.mjs'

const expressions = 1_000_000
const validations = 20
const nextFires = 100_000
const redactions = 50
const executions = 500
const runs = 5

/** Expressions, validation, next-fire computation and masking on workerd, the best of five runs each. */
export async function pure({ folder }) {
  const options = {
    bundle: await bundle(import.meta.resolve('../pure/worker.mjs')),
    stateFolder: path.join(folder, 'pure'),
    vars: workerSecrets(),
  }
  const server = await serve(options)
  try {
    const evaluateMs = await best(server.url, 'expressions', expressions)
    const validateMs = (await best(server.url, 'validation', validations)) / validations
    const nextFireUs = ((await best(server.url, 'next-fires', nextFires)) * 1000) / nextFires
    return [
      { quantity: '1,000,000 expression evaluations', measured: ms(evaluateMs) },
      { quantity: 'validation of a document of 500 stages', measured: ms(validateMs) },
      { quantity: 'next fire of a schedule', ...below(nextFireUs, 50, (value) => `${digits(value)} us`) },
      ...(await redaction(server.url)),
    ]
  } finally {
    await server.stop()
  }
}

/** How fast ten secrets are masked, and how much of a runner's own work that is: storage and network are not counted. */
async function redaction(url) {
  const speed = async (name) => {
    const { chars } = await ask(url, name, 1)
    return (chars * redactions) / (await best(url, name, redactions)) / 1_000
  }
  const textSpeed = await speed('redact-text')
  const valueSpeed = await speed('redact-values')
  const { chars } = await ask(url, 'redact-executions', 1)
  const redactMs = await best(url, 'redact-executions', executions)
  const runMs = await best(url, 'run-executions', executions)
  const share = (redactMs / (redactMs + runMs)) * 100
  return [
    { quantity: 'masking 10 secrets in a text', measured: `${digits(textSpeed)} MB/s` },
    { quantity: 'masking 10 secrets in JSON values', measured: `${digits(valueSpeed)} MB/s` },
    {
      quantity: 'masking all an execution writes',
      measured: `${digits((redactMs * 1000) / executions)} us for ${digits(chars / 1_000)} KB`,
    },
    { quantity: '  its share of running and masking 3 stages', measured: `${digits(share)} %` },
  ]
}

async function ask(url, name, count) {
  const response = await fetch(new URL(`/${name}/${count}`, url), { method: 'POST' })
  if (!response.ok) throw new Error(`${name} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

async function best(url, name, count) {
  const timesMs = []
  for (let run = 0; run < runs; run++) {
    const startedAt = performance.now()
    await ask(url, name, count)
    timesMs.push(performance.now() - startedAt)
  }
  return Math.min(...timesMs)
}

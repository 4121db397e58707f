import path from 'node:path'
import { below, digits, ms } from '../report/format.mjs'
import { bundle } from '../server/bundle.mjs'
import { serve } from '../server/serve.mjs'
import { workerSecrets } from '../server/worker-secrets.mjs'

const expressions = 1_000_000
const validations = 20
const nextFires = 100_000
const runs = 5

/** Expressions, validation and next-fire computation on workerd, the best of five runs each. */
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
    ]
  } finally {
    await server.stop()
  }
}

async function best(url, name, count) {
  const timesMs = []
  for (let run = 0; run < runs; run++) {
    const startedAt = performance.now()
    const response = await fetch(new URL(`/${name}/${count}`, url), { method: 'POST' })
    if (!response.ok) throw new Error(`${name} answered ${response.status}: ${await response.text()}`)
    await response.text()
    timesMs.push(performance.now() - startedAt)
  }
  return Math.min(...timesMs)
}

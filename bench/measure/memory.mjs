import { setTimeout as wait } from 'node:timers/promises'
import { backPressure } from '../client/back-pressure.mjs'
import { load } from '../client/load.mjs'
import { transforms } from '../documents/chain.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { digits, mib } from '../report/format.mjs'
import { blocksSettled } from '../server/blocks-settled.mjs'
import { indexed } from '../server/index-of.mjs'
import { residentBytes } from '../server/resident.mjs'
import { stored } from '../server/stored.mjs'

const sampleMs = 250
const restMs = 3_000
const behindMax = 1_000

/** Resident memory of workerd over many executions of three pure stages, and what they leave in each store. */
export async function memory({ sizes, withServer, progress }) {
  const { executions, executionsFirst } = sizes
  const document = { name: 'memory', triggers: [signedWebhook('immediate')], stages: transforms(3) }
  return withServer(async ({ server, tenant, stateFolder }) => {
    const { workflowId, path } = await tenant.deploy(document)
    const before = stored(stateFolder)
    const peak = watchPeak(server.workerdPid)
    const failures = []

    /** Runs executions until there are `count`, lets the server rest, and answers its resident bytes. */
    async function runUntil(count, already) {
      const pressure = backPressure(server, workflowId, behindMax, already)
      const request = (n) => signedOrder(path, already + n)
      const sent = await load(server.url, { connections: 32, total: count - already, gate: pressure.gate, request })
      await pressure.stop()
      failures.push(...sent.failures)
      await indexed(server, workflowId, count)
      await blocksSettled(stateFolder, count)
      await wait(restMs)
      return residentBytes(server.workerdPid)
    }

    const firstBytes = await runUntil(executionsFirst, 0)
    progress(`  ${mib(firstBytes)} resident after ${executionsFirst} executions`)
    const finalBytes = await runUntil(executions, executionsFirst)
    const after = stored(stateFolder)
    const perExecution = (kind) => `${Math.round((after[kind] - before[kind]) / executions)} B`
    return [
      {
        quantity: `resident memory after ${executions} executions`,
        measured: `${mib(finalBytes)}, after ${executionsFirst}: ${mib(firstBytes)}, peak ${mib(peak())}`,
        ratio: digits(finalBytes / firstBytes),
        target: '<= 1.2',
        ok: finalBytes <= 1.2 * firstBytes,
        failures,
      },
      {
        quantity: '  kept per execution',
        measured: `D1 ${perExecution('d1')}, objects ${perExecution('do')}, R2 ${perExecution('r2')}`,
      },
    ]
  })
}

/** Watches the resident memory of a process; the answer tells the most it saw and ends the watch. */
function watchPeak(pid) {
  let mostBytes = 0
  const timer = setInterval(() => (mostBytes = Math.max(mostBytes, residentBytes(pid))), sampleMs)
  return () => {
    clearInterval(timer)
    return mostBytes
  }
}

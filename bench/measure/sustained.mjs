import { backPressure } from '../client/back-pressure.mjs'
import { load } from '../client/load.mjs'
import { together } from '../client/summarize.mjs'
import { transforms } from '../documents/chain.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { below, digits, ratio } from '../report/format.mjs'
import { indexed } from '../server/index-of.mjs'
import { blocksSettled } from '../server/blocks-settled.mjs'

const lagMsMax = 5_000
const behindMax = 1_000

/**
 * Completed executions a second that D1 and the trace archive keep up with: callers are held back while the index is a
 * thousand executions behind, so what is measured is what the slowest part sustains.
 */
export async function sustained({ floor, sizes, withServer }) {
  const document = { name: 'sustained', triggers: [signedWebhook('immediate')], stages: transforms(3) }
  const run = (url, path, durationMs, gate) =>
    load(url, { connections: 32, durationMs, gate, request: (n) => signedOrder(path, n) })
  return withServer(async ({ server, tenant, stateFolder }) => {
    const { workflowId, path } = await tenant.deploy(document)
    const before = await run(floor.url, '/durable', sizes.loadMs)
    const pressure = backPressure(server, workflowId, behindMax)
    const sent = await run(server.url, path, sizes.sustainedMs, pressure.gate)
    const { endedPerSecond, lagMsMax: lagMs } = await pressure.stop()
    await indexed(server, workflowId, sent.count)
    const archiveMs = await blocksSettled(stateFolder, sent.count)
    const after = await run(floor.url, '/durable', sizes.loadMs)
    const { perSecond } = together([before, after])
    return [
      {
        quantity: 'completed executions, sustained, 3 pure stages',
        measured: `${digits(endedPerSecond)}/s`,
        floor: `${digits(perSecond)}/s`,
        ...ratio(endedPerSecond, perSecond, 0.45),
        failures: sent.failures,
      },
      { quantity: '  accept to D1, oldest', ...below(lagMs, lagMsMax) },
      { quantity: '  end of load to last full block in R2', ...below(archiveMs, lagMsMax) },
    ]
  })
}

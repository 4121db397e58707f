import { load } from '../client/load.mjs'
import { transforms } from '../documents/chain.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { digits, ratio } from '../report/format.mjs'
import { indexed } from '../server/index-of.mjs'

const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length

/** Completed executions a second of three pure stages: all calls at once over the doorbell path, first accept to last end. */
export async function burst({ floor, sizes, withServer }) {
  const total = sizes.burst
  const send = (url, path) => load(url, { connections: 64, total, request: (n) => signedOrder(path, n) })
  const floors = [await send(floor.url, '/durable')]
  const own = []
  const failures = []
  await withServer(async ({ server, tenant }) => {
    for (let round = 0; round <= sizes.rounds; round++) {
      const document = { name: `burst-${round}`, triggers: [signedWebhook('immediate')], stages: transforms(3) }
      const { workflowId, path } = await tenant.deploy(document)
      const sent = await send(server.url, path)
      failures.push(...sent.failures)
      const { firstAcceptedAt, lastEndedAt, completed } = await indexed(server, workflowId, total)
      if (completed !== total) failures.push(`${total - completed} executions did not complete`)
      // The first round warms up: its code is not compiled yet.
      if (round > 0) own.push((total * 1000) / (lastEndedAt - firstAcceptedAt))
      floors.push(await send(floor.url, '/durable'))
    }
  })
  const perSecond = average(floors.map((run) => run.perSecond))
  return [
    {
      quantity: `completed executions, burst of ${total}, 3 pure stages`,
      measured: `${digits(average(own))}/s`,
      floor: `${digits(perSecond)}/s`,
      ...ratio(average(own), perSecond, 0.75),
      failures,
    },
  ]
}

import { alternate } from '../client/alternate.mjs'
import { load } from '../client/load.mjs'
import { transforms } from '../documents/chain.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { below, versus } from '../report/format.mjs'

/** Webhook calls that wait for the last of three pure stages, at 16 connections. */
export async function roundTrip({ floor, sizes, withServer }) {
  const document = { name: 'round-trip', triggers: [signedWebhook('lastNode')], stages: transforms(3) }
  const run = (url, path, durationMs = sizes.turnMs) =>
    load(url, { connections: 16, durationMs, request: (n) => signedOrder(path, n) })
  return withServer(async ({ server, tenant }) => {
    const { path } = await tenant.deploy(document)
    await run(floor.url, '/durable', 1_000)
    await run(server.url, path, 1_000)
    const both = await alternate({
      pairs: sizes.pairs,
      floor: () => run(floor.url, '/durable'),
      ours: () => run(server.url, path),
    })
    return [
      { quantity: 'lastNode round trips, 3 pure stages', ...versus(both, 0.45) },
      { quantity: '  p50 at 16 connections', ...below(both.ours.p50Ms, 15) },
      { quantity: "  p99 beside the floor's own", ...below(both.ours.p99Ms, both.floor.p99Ms) },
    ]
  })
}

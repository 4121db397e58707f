import { alternate } from '../client/alternate.mjs'
import { load } from '../client/load.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { rate, versus } from '../report/format.mjs'

// The first execution holds the only slot by waiting, so that the others are accepted and none of them runs.
const held = {
  name: 'accept-only',
  triggers: [signedWebhook('immediate')],
  stages: [{ id: 'hold', component: 'delay', config: { seconds: 86_000 } }],
  settings: { concurrency: 1 },
}

/** Durable webhook accept with HMAC, one deployment, one shard, beside the empty route and the durable floor. */
export async function accept({ floor, sizes, withServer }) {
  return withServer(async ({ server, tenant }) => {
    const { path } = await tenant.deploy(held)
    const run = (url, to, durationMs = sizes.turnMs) =>
      load(url, { connections: 32, durationMs, request: (n) => signedOrder(to, n) })
    const empty = await run(floor.url, '/empty', sizes.loadMs)
    await run(floor.url, '/durable', 1_000)
    await run(server.url, path, 1_000)
    const both = await alternate({
      pairs: sizes.pairs,
      floor: () => run(floor.url, '/durable'),
      ours: () => run(server.url, path),
    })
    return [
      { quantity: 'floor: empty route', measured: rate(empty) },
      { quantity: 'floor: durable', measured: rate(both.floor) },
      { quantity: 'webhook accept, HMAC, K = 1', ...versus(both, 0.85) },
    ]
  })
}

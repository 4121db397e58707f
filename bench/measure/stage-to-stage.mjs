import { load } from '../client/load.mjs'
import { percentile } from '../client/percentile.mjs'
import { together } from '../client/summarize.mjs'
import { chain, transforms } from '../documents/chain.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { below, digits } from '../report/format.mjs'
import { startStandIn } from '../server/stand-in.mjs'

const pureStages = 41
const postStages = 10
const rounds = 4

/**
 * What one more stage costs. Pure: a round trip through 41 transforms less one through a single transform, because the
 * runtime's clock stands still between them. With a commit: from the answer to one POST until the next one arrives.
 */
export async function stageToStage({ sizes, withServer }) {
  const standIn = await startStandIn()
  try {
    return await withServer(
      async ({ server, tenant }) => {
        const pure = await pureOverhead(server, tenant, sizes.chainRuns)
        const committed = await committedOverhead(server, tenant, standIn, sizes.committedRuns)
        return [
          { quantity: 'stage to stage, pure', ...below(pure.ms, 2), failures: pure.failures },
          {
            quantity: 'stage to stage, commit and POST: p50',
            ...below(percentile(committed.gapsMs, 0.5), 10),
            failures: committed.failures,
          },
          { quantity: '  p99', measured: `${digits(percentile(committed.gapsMs, 0.99))} ms` },
        ]
      },
      { vars: standIn.vars },
    )
  } finally {
    standIn.stop()
  }
}

const oneByOne = (server, path, total) =>
  load(server.url, { connections: 1, total, request: (n) => signedOrder(path, n) })

async function pureOverhead(server, tenant, runs) {
  const deploy = (count) =>
    tenant.deploy({ name: `pure-${count}`, triggers: [signedWebhook('lastNode')], stages: transforms(count) })
  const [short, long] = [await deploy(1), await deploy(pureStages)]
  const shorts = []
  const longs = []
  for (let round = 0; round <= rounds; round++) {
    const one = await oneByOne(server, short.path, runs / rounds)
    const many = await oneByOne(server, long.path, runs / rounds)
    if (round === 0) continue
    shorts.push(one)
    longs.push(many)
  }
  const [one, many] = [together(shorts), together(longs)]
  return { ms: Math.max(0, many.p50Ms - one.p50Ms) / (pureStages - 1), failures: [...one.failures, ...many.failures] }
}

async function committedOverhead(server, tenant, standIn, runs) {
  const config = (n) => ({ url: `${standIn.url}/{{ input.orderId }}/${n}`, method: 'POST', body: { n } })
  const stages = chain(postStages, 'http_request', config)
  const { path } = await tenant.deploy({ name: 'posts', triggers: [signedWebhook('lastNode')], stages })
  const { failures } = await oneByOne(server, path, runs)
  const gapsMs = standIn.calls
    .map((call, index) => ({ call, before: standIn.calls[index - 1] }))
    .filter(({ call }) => !call.path.endsWith('/0'))
    .map(({ call, before }) => call.arrivedAt - before.answeredAt)
    .sort((a, b) => a - b)
  return { gapsMs, failures }
}

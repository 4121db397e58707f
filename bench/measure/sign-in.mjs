import { setTimeout as wait } from 'node:timers/promises'
import { client } from '../../scripts/serve/client.mjs'
import { paced } from '../client/paced.mjs'
import { percentile } from '../client/percentile.mjs'
import { together } from '../client/summarize.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { below, mib, ms } from '../report/format.mjs'
import { residentBytes } from '../server/resident.mjs'
import { watchHeap } from '../server/watch-heap.mjs'

const people = 50
const perSecond = 40
const bytesMax = 256 * 1024 * 1024
const slowedAtMost = 2

const account = (n) => ({
  email: `person-${n}@millrace.test`,
  password: `a long enough one ${n}`,
  organizationName: `Of ${n}`,
})

/** Fifty people sign in at once while others list their workflows and call a webhook, forty times a second. */
export async function signIn({ sizes, withServer }) {
  return withServer(({ server, tenant }) => measure(server, tenant, sizes), { inspectorPort: 0 })
}

async function measure(server, tenant, sizes) {
  const everybody = Array.from({ length: people }, (_, n) => account(n))
  await Promise.all(everybody.map((one) => client(server.url)('POST', '/v1/auth/sign-up', one)))
  const { path } = await tenant.deploy({
    name: 'beside-sign-ins',
    triggers: [signedWebhook('immediate')],
    stages: [{ id: 'hold', component: 'delay', config: { seconds: 86_000 } }],
    settings: { concurrency: 1 },
  })
  const list = { path: '/v1/workflows', headers: { authorization: `Bearer ${tenant.key}` } }
  const others = (stop) =>
    paced(server.url, { perSecond, request: (n) => (n % 2 === 0 ? list : signedOrder(path, n)), stop })
  const alone = (durationMs) => {
    const endsAt = performance.now() + durationMs
    return others(() => performance.now() >= endsAt)
  }
  await alone(sizes.loadMs)

  const resident = residentBytes(server.workerdPid)
  const stopWatching = await watchHeap(server.inspectorUrl)
  const before = await alone(2 * sizes.loadMs)
  const during = await besideSignIns(server, everybody, others)
  const heap = await stopWatching()
  const grown = residentBytes(server.workerdPid) - resident
  const after = await alone(2 * sizes.loadMs)
  return rows({ quiet: together([before, after]), during, heap, grown })
}

/** The others' calls from the moment all people ask to be signed in until the last one is. */
async function besideSignIns(server, everybody, others) {
  let isOver = false
  const calls = others(() => isOver)
  await wait(100)
  const startedAt = performance.now()
  const signingIn = everybody.map(async ({ email, password }) => {
    await client(server.url)('POST', '/v1/auth/sign-in', { email, password })
    return performance.now() - startedAt
  })
  const endedMs = await Promise.all(signingIn).finally(() => (isOver = true))
  return { ...(await calls), endedMs: endedMs.sort((a, b) => a - b) }
}

function rows({ quiet, during, heap, grown }) {
  const [with_, without] = [during, quiet].map(({ latenciesMs }) => percentile(latenciesMs, 0.95))
  const slowed = with_ / without
  return [
    {
      quantity: `other routes beside ${people} sign-ins at once: p95`,
      measured: ms(with_),
      floor: ms(without),
      ratio: `${Math.round(slowed * 100)} %`,
      target: `< ${slowedAtMost * 100} %`,
      ok: slowed < slowedAtMost,
      failures: [...quiet.failures, ...during.failures],
    },
    { quantity: '  memory of the isolate: peak', ...below(heap, bytesMax, mib) },
    { quantity: '  growth of the whole process', ...below(grown, bytesMax, mib) },
    {
      quantity: '  signed in: the middle one, the last one',
      measured: `${ms(percentile(during.endedMs, 0.5))}, ${ms(during.endedMs.at(-1))}`,
    },
  ]
}

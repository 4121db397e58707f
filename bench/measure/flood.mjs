import { randomInt } from 'node:crypto'
import { alternate } from '../client/alternate.mjs'
import { load } from '../client/load.mjs'
import { paced } from '../client/paced.mjs'
import { signedOrder, signedWebhook } from '../documents/signed-webhook.mjs'
import { versus } from '../report/format.mjs'

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
/** Calls of strangers for each accept that was answered a moment before, and what should be left of the accepts. */
const floods = [
  { name: 'one unknown token for five accepts', strangers: 0.2, target: 0.9 },
  { name: 'one for two', strangers: 0.5 },
]

// As when accepts are measured: one execution holds the only slot, so that the others are accepted and none runs.
const held = {
  name: 'accept-in-a-flood',
  triggers: [signedWebhook('immediate')],
  stages: [{ id: 'hold', component: 'delay', config: { seconds: 86_000 } }],
  settings: { concurrency: 1 },
}

/** A token that looks like one and was never given out. */
const madeUp = () => Array.from({ length: 31 }, () => ALPHABET[randomInt(32)]).join('')

/** Accepts while calls come for addresses that do not exist, so many for each accept, beside accepts without them. */
export async function flood({ sizes, withServer }) {
  return withServer(async ({ server, tenant }) => {
    const { path } = await tenant.deploy(held)
    const accept = (durationMs = sizes.turnMs) =>
      load(server.url, { connections: 32, durationMs, request: (n) => signedOrder(path, n) })
    const flooded = async (perSecond) => {
      let isOver = false
      const request = (n) => signedOrder(`/webhook/${madeUp()}`, n)
      const strangers = paced(server.url, { perSecond, request, stop: () => isOver })
      const accepted = await accept().finally(() => (isOver = true))
      const { failures, count } = await strangers
      const strays = count - failures.filter((text) => text.startsWith('404 ')).length
      return strays === 0 ? accepted : { ...accepted, failures: [`${strays} of ${count} were not answered 404`] }
    }
    await accept(1_500)
    const rows = []
    for (const { name, strangers, target } of floods) {
      let alone = await accept()
      const both = await alternate({
        pairs: sizes.pairs,
        floor: async () => (alone = await accept()),
        ours: () => flooded(alone.perSecond * strangers),
      })
      rows.push({ quantity: `webhook accept beside ${name}`, ...versus(both, target) })
    }
    return rows
  })
}

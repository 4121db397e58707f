import { alternate } from '../client/alternate.mjs'
import { load } from '../client/load.mjs'
import { provenOrder, schemeVariables, startIssuer, webhookSchemes } from '../documents/webhook-schemes.mjs'
import { versus } from '../report/format.mjs'

// As when accepts are measured: the first execution holds the only slot, so that the others are accepted and none runs.
const held = (name, authentication) => ({
  name: `accept-${name}`,
  triggers: [{ type: 'webhook', method: ['POST'], authentication, responseMode: 'immediate' }],
  stages: [{ id: 'hold', component: 'delay', config: { seconds: 86_000 } }],
  settings: { concurrency: 1 },
})

/** Accepts with each way to prove a sender, beside the same webhook that asks for no proof. */
export async function schemes({ sizes, withServer }) {
  const issuer = await startIssuer()
  const { none, ...proven } = webhookSchemes(issuer)
  try {
    return await withServer(
      async ({ server, tenant }) => {
        await tenant.setVariables(schemeVariables)
        // One call, made before anything is timed: what it costs to prove a sender is the server's alone.
        const run = (path, scheme, durationMs = sizes.turnMs) => {
          const call = provenOrder(path, scheme)
          return load(server.url, { connections: 32, durationMs, request: () => call })
        }
        const open = await tenant.deploy(held('none', none.authentication))
        await run(open.path, none, 1_000)
        const rows = []
        for (const [name, scheme] of Object.entries(proven)) {
          const { path } = await tenant.deploy(held(name, scheme.authentication))
          await run(path, scheme, 1_500)
          const both = await alternate({
            pairs: sizes.pairs,
            floor: () => run(open.path, none),
            ours: () => run(path, scheme),
          })
          rows.push({ quantity: `webhook accept, ${name}, beside none`, ...versus(both, 0.85) })
        }
        return rows
      },
      { vars: issuer.vars },
    )
  } finally {
    issuer.stop()
  }
}

import { rm } from 'node:fs/promises'
import path from 'node:path'
import { webhookVariables } from './documents/signed-webhook.mjs'
import { serve } from './server/serve.mjs'
import { createTenant } from './server/tenant.mjs'
import { workerSecrets } from './server/worker-secrets.mjs'

/** What every measurement gets: the floor's server, sizes, and a way to a Millrace of its own with nothing in it. */
export function createBench({ folder, floor, sizes, progress }) {
  let served = 0

  /** Runs `work` against a fresh server, and ends the server whatever happens. */
  async function withServer(work, { vars = {}, bundle, inspectorPort } = {}) {
    const stateFolder = path.join(folder, `state-${served++}`)
    const options = {
      stateFolder,
      database: true,
      // What is measured on one shard must not grow meanwhile.
      vars: { ...workerSecrets(), GROW_AT_ACCEPTS_PER_SECOND: '0', ...vars },
      ...(bundle && { bundle }),
      inspectorPort,
    }
    const server = await serve(options)
    try {
      const tenant = await createTenant(server.url)
      await tenant.setVariables(webhookVariables)
      return await work({ server, tenant, stateFolder })
    } finally {
      await server.stop()
      await rm(stateFolder, { recursive: true, force: true })
    }
  }

  return { floor, sizes, folder, withServer, progress }
}

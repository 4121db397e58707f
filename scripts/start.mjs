// Serves the production bundle locally: workerd, real D1, Durable Objects, Queues and R2 with their state on disk.
// PORT (8787), HOST (127.0.0.1), MILLRACE_STATE (.millrace/state), MILLRACE_DEV_FILE (.millrace/dev.json).
import path from 'node:path'
import { root } from './bootstrap/root.mjs'
import { demoOf } from './serve/demo.mjs'
import { healthy } from './serve/health.mjs'
import { migrate } from './serve/migrate.mjs'
import { startServer } from './serve/miniflare.mjs'
import { expectFree } from './serve/port.mjs'
import { writePrivate } from './serve/private-file.mjs'
import { secretsOf } from './serve/secrets.mjs'
import { tick } from './serve/tick.mjs'
import { varsFromShell } from './serve/vars.mjs'
import { welcome } from './serve/welcome.mjs'
import { whenNpmEnds } from './serve/when-npm-ends.mjs'

const port = Number(process.env.PORT || 8787)
const host = process.env.HOST || '127.0.0.1'
const stateFolder = path.resolve(root, process.env.MILLRACE_STATE || '.millrace/state')
const devFile = path.resolve(root, process.env.MILLRACE_DEV_FILE || '.millrace/dev.json')

async function main() {
  await expectFree(port, host)
  const vars = { ...varsFromShell(), ...secretsOf(stateFolder) }
  const server = await startServer({ port, host, stateFolder, vars })
  await migrate(await server.database())
  await healthy(server.url)
  const stopTicking = tick(server)

  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    stopTicking()
    await server.dispose()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop())
  whenNpmEnds(() => void stop())

  const demo = await demoOf(stateFolder, server.url)
  const { organizationId, apiKey, email, password } = demo
  writePrivate(devFile, { url: server.url, organizationId, apiKey, email, password })
  process.stdout.write(`${welcome(server.url, demo)}\n`)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

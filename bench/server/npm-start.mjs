import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'
import { npmEnv } from '../../scripts/bootstrap/tool-env.mjs'
import { healthy } from '../../scripts/serve/health.mjs'

const healthyWithinMs = 300_000
const endWithinMs = 10_000

/** Runs `npm start` in a repository until it is healthy, ends it, and answers the ms from the command to health. */
export async function npmStart(repository, stateFolder) {
  const port = await freePort()
  const startedAt = performance.now()
  // A group of its own, so that npm, its shell, the server and workerd end together.
  const npm = spawn('npm', ['start'], {
    cwd: repository,
    env: {
      ...freshEnv(),
      PORT: String(port),
      MILLRACE_STATE: stateFolder,
      MILLRACE_DEV_FILE: path.join(stateFolder, 'dev.json'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (output += chunk))
  const ended = once(npm, 'exit')
  try {
    await Promise.race([
      healthy(`http://127.0.0.1:${port}`, healthyWithinMs),
      ended.then(([code]) => Promise.reject(new Error(`npm start ended with ${code}:\n${output}`))),
    ])
    return performance.now() - startedAt
  } finally {
    await end(npm, ended)
  }
}

async function end(npm, ended) {
  if (npm.exitCode !== null) return
  process.kill(-npm.pid, 'SIGTERM')
  const killer = setTimeout(() => process.kill(-npm.pid, 'SIGKILL'), endWithinMs)
  await ended
  clearTimeout(killer)
}

/** Without what an npm that runs the bench told its children about this repository. */
const freshEnv = () =>
  Object.fromEntries(
    Object.entries(npmEnv()).filter(
      ([name]) => !/^(npm_(lifecycle|package|command|config_local_prefix)|INIT_CWD)/.test(name),
    ),
  )

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { vi } from 'vitest'
import { freePort } from './free-port'
import { startGroup } from './start-group'

const START_MS_MAX = 60_000

/** What the server writes for those who develop against it. */
export type DevFile = {
  readonly url: string
  readonly organizationId: string
  readonly apiKey: string
  readonly email: string
  readonly password: string
}

export type RunningServer = DevFile & {
  readonly port: number
  readonly stateFolder: string
  readonly devFile: string
  readonly output: () => string
  /** `kill -9` of Node and workerd in the same moment; resolves once the port is free again. */
  readonly kill: () => Promise<void>
  /** Asks it to end and waits; the state stays. */
  readonly end: () => Promise<void>
  /** Starts it again on the same state and port, after `kill` or `end`. */
  readonly restart: () => Promise<RunningServer>
  /** Ends it for good and deletes its state. */
  readonly discard: () => Promise<void>
}

/** Starts `scripts/start.mjs` (the production bundle on workerd) on a free port with a state of its own. */
export async function startServer(env: Record<string, string> = {}): Promise<RunningServer> {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-server-'))
  return startIn(folder, await freePort(), env)
}

async function startIn(folder: string, port: number, env: Record<string, string>): Promise<RunningServer> {
  const stateFolder = path.join(folder, 'state')
  const devFile = path.join(folder, 'dev.json')
  rmSync(devFile, { force: true })
  const group = startGroup(['scripts/start.mjs'], {
    PORT: String(port),
    MILLRACE_STATE: stateFolder,
    MILLRACE_DEV_FILE: devFile,
    ...env,
  })
  const free = () => vi.waitFor(() => expectClosed(port), { timeout: START_MS_MAX, interval: 20 })
  const end = (name: 'SIGTERM' | 'SIGKILL') => group.signal(name).then(free)
  try {
    await vi.waitUntil(() => existsSync(devFile) || group.child.exitCode !== null, {
      timeout: START_MS_MAX,
      interval: 50,
    })
    if (!existsSync(devFile)) throw new Error(`The server ended with ${group.child.exitCode}\n${group.output()}`)
  } catch (error) {
    await group.signal('SIGKILL')
    throw error
  }
  return {
    ...(JSON.parse(readFileSync(devFile, 'utf8')) as DevFile),
    port,
    stateFolder,
    devFile,
    output: group.output,
    kill: () => end('SIGKILL'),
    end: () => end('SIGTERM'),
    restart: () => startIn(folder, port, env),
    async discard() {
      await group.signal('SIGKILL')
      await free()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Rejects while somebody accepts connections on the port. */
function expectClosed(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    socket.once('connect', () => reject(new Error(`Port ${port} is still open`)))
    socket.once('error', () => resolve())
    socket.once('close', () => socket.destroy())
    socket.once('connect', () => socket.destroy())
  })
}

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findNode } from '../../scripts/bootstrap/find-node.mjs'
import { startProcess } from './start-process.mjs'

const retryMs = 100

/** Hosts the pipeline talks to with the sample input. */
const hosts = [
  'api.github.com',
  'kubernetes.default.svc',
  'staging.api.mycompany.com',
  'api.mycompany.com',
  'tests.internal.mycompany.com',
  'hooks.slack.com',
]

/**
 * Starts a Millrace on a free port that meets the stand-in wherever the pipeline wants to go: `{url, apiKey, stop()}`.
 * Its state lives in a temporary folder and goes with it.
 */
export async function startMillrace(standInPort) {
  const standIn = `http://127.0.0.1:${standInPort}`
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-cicd-'))
  const devFile = path.join(folder, 'dev.json')
  const server = startProcess(findNode(), ['scripts/start.mjs'], {
    PORT: '0',
    MILLRACE_STATE: path.join(folder, 'state'),
    MILLRACE_DEV_FILE: devFile,
    MILLRACE_DEV_ALLOW_HOSTS: `127.0.0.1:${standInPort}`,
    MILLRACE_DEV_HOST_MAP: hosts.map((host) => `${host}=${standIn}`).join(','),
    AI_BASE_URL: `${standIn}/v1`,
    AI_API_KEY: 'stand-in',
  })
  const stop = async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await Promise.race([server.died, appears(devFile)])
  } catch (error) {
    await stop()
    throw error
  }
  server.stdout.resume()
  const { url, apiKey } = JSON.parse(readFileSync(devFile, 'utf8'))
  return { url, apiKey, stop }
}

async function appears(file) {
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, retryMs))
}

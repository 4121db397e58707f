import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { defineConfig } from '@playwright/test'
import { chromium } from './test/support/chromium'

// Below the ports that this machine hands out by itself. Set once by the first process that reads this file; the workers of the run inherit both.
const port = (process.env.E2E_PORT ??= String(10_000 + (process.pid % 10_000)))
/** Where the stand-in for the places people sign in with listens. */
const providerPort = (process.env.E2E_PROVIDER_PORT ??= String(Number(port) + 10_000))
const provider = `http://127.0.0.1:${providerPort}`
const folder = (process.env.E2E_FOLDER ??= mkdtempSync(path.join(tmpdir(), 'millrace-e2e-')))

/** What the running server says about itself: url, login and API key. */
const devFile = (process.env.MILLRACE_DEV_FILE = path.join(folder, 'dev.json'))

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  workers: 1,
  forbidOnly: true,
  retries: 0,
  // Nothing is judged by it: a page that hangs has to end, and a busy machine takes its time.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: { baseURL: `http://127.0.0.1:${port}`, launchOptions: await chromium(), screenshot: 'only-on-failure' },
  webServer: [
    {
      command: `node test/support/sign-in-provider.mjs --port ${providerPort}`,
      wait: { stdout: /listening/ },
    },
    {
      command: 'node scripts/start.mjs',
      env: {
        PORT: port,
        MILLRACE_STATE: path.join(folder, 'state'),
        MILLRACE_DEV_FILE: devFile,
        GITHUB_CLIENT_ID: 'github-client',
        GITHUB_CLIENT_SECRET: 'github-secret',
        // Nobody listens on port 9.
        MILLRACE_DEV_HOST_MAP: `github.com=${provider}/github,api.github.com=${provider}/api,nothing.invalid=http://127.0.0.1:9`,
      },
      wait: { stdout: /Millrace is running/ },
      timeout: 120_000,
      gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    },
  ],
})

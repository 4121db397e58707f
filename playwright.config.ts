import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { defineConfig } from '@playwright/test'
import { chromium } from './test/support/chromium'

// Set once by the first process that reads this file; the workers of the run inherit both.
const port = (process.env.E2E_PORT ??= String(20_000 + (process.pid % 20_000)))
const folder = (process.env.E2E_FOLDER ??= mkdtempSync(path.join(tmpdir(), 'millrace-e2e-')))

/** What the running server says about itself: url, login and API key. */
const devFile = (process.env.MILLRACE_DEV_FILE = path.join(folder, 'dev.json'))

export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  workers: 1,
  forbidOnly: true,
  retries: 0,
  use: { baseURL: `http://127.0.0.1:${port}`, launchOptions: await chromium(), screenshot: 'only-on-failure' },
  webServer: {
    command: 'node scripts/start.mjs',
    env: { PORT: port, MILLRACE_STATE: path.join(folder, 'state'), MILLRACE_DEV_FILE: devFile },
    wait: { stdout: /Millrace is running/ },
    timeout: 120_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
  },
})

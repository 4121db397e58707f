import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

/** Nothing is judged by it: a test that hangs has to end, and a busy machine takes its time. */
const polling = { expect: { poll: { timeout: 30_000, interval: 50 } } }
const patience = { ...polling, testTimeout: 300_000, hookTimeout: 120_000 }

/** 32 bytes that are visibly not a secret, in the form the worker expects its keys. */
const testKey = (letter: string) => Buffer.from(letter.repeat(32)).toString('base64')

const workerdPlugin = (main = './worker/index.ts') =>
  cloudflareTest(async () => ({
    main,
    wrangler: { configPath: './wrangler.toml' },
    miniflare: {
      bindings: {
        SESSION_KEY: testKey('s'),
        MASTER_KEY: testKey('m'),
        TEST_MIGRATIONS: await readD1Migrations('./migrations'),
      },
    },
  }))

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...patience,
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/cli/**/*.test.ts'],
          environment: 'node',
        },
      },
      { test: { ...patience, name: 'simulate', include: ['test/simulate/**/*.test.ts'], environment: 'node' } },
      {
        test: {
          ...patience,
          name: 'architecture',
          include: ['test/architecture/**/*.test.ts'],
          exclude: ['test/architecture/fixtures/**'],
          environment: 'node',
        },
      },
      {
        test: {
          ...polling,
          name: 'server',
          include: ['test/server/**/*.test.ts'],
          environment: 'node',
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        plugins: [workerdPlugin()],
        test: {
          ...patience,
          name: 'workerd',
          isolate: false,
          include: ['test/workerd/**/*.test.ts'],
          setupFiles: ['test/support/migrate.ts'],
        },
      },
      {
        // The shipped objects, on a platform whose calls can be made to fail one by one.
        plugins: [workerdPlugin('./test/crash/worker.ts')],
        test: {
          name: 'crash',
          isolate: false,
          // Every nth kill; 1 = all of them.
          provide: { crashShare: Number(process.env['MILLRACE_TEST_CRASH_SHARE'] ?? 1) },
          include: ['test/crash/**/*.test.ts'],
          setupFiles: ['test/support/migrate.ts'],
          testTimeout: 300_000,
        },
      },
      {
        plugins: [workerdPlugin()],
        test: {
          ...patience,
          name: 'contract',
          isolate: false,
          include: ['test/contract/**/*.test.ts'],
          setupFiles: ['test/support/migrate.ts'],
        },
      },
    ],
  },
})

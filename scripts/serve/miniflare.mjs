// The only file that touches Miniflare's and wrangler's unstable names. It serves the bundle in dist/local on workerd,
// with state on disk and a socket straight into the worker, without a development proxy in between.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { convertV4MiniflareOptions, Miniflare, NoOpLog } from 'miniflare'
import { unstable_getMiniflareWorkerOptions as workerOptionsOf } from 'wrangler'
import { root } from '../bootstrap/root.mjs'
import { endWithUs } from './end-with-us.mjs'

const moduleTypes = {
  '.js': 'ESModule',
  '.mjs': 'ESModule',
  '.sql': 'Text',
  '.txt': 'Text',
  '.wasm': 'CompiledWasm',
  '.bin': 'Data',
}

const modulesIn = (folder) =>
  readdirSync(folder, { recursive: true })
    .map((name) => ({ type: moduleTypes[path.extname(name)], path: path.join(folder, name) }))
    .filter((module) => module.type)
    .sort((a, b) => Number(b.path.endsWith('/index.js')) - Number(a.path.endsWith('/index.js')))
    .map((module) => ({ ...module, contents: readFileSync(module.path) }))

const toStderr = ({ level, message }) => void process.stderr.write(`${level === 'log' ? '' : `${level}: `}${message}\n`)

/**
 * Serves the production bundle on `host:port` (0 picks a free port) with everything it stores under `stateFolder`.
 * `vars` are added to the bindings, secrets included; `assets: false` leaves the dashboard out, and the assets router
 * with it; `bundle` names another folder with an index.js; `inspectorPort` opens the runtime's inspector.
 */
export async function startServer({
  port,
  stateFolder,
  vars = {},
  host = '127.0.0.1',
  assets = true,
  bundle = path.join(root, 'dist/local'),
  onLog = toStderr,
  inspectorPort,
}) {
  process.env.WRANGLER_LOG ??= 'error' // else reading the configuration comments on secrets that arrive by `vars`
  const { workerOptions, externalWorkers } = workerOptionsOf(path.join(root, 'wrangler.toml'))
  const { modulesRules: _rules, assets: assetsOptions, ...rest } = workerOptions
  const name = workerOptions.name ?? 'millrace'
  const worker = {
    ...rest,
    name,
    ...(assets ? { assets: assetsOptions } : {}),
    bindings: { ...rest.bindings, ...vars },
    modulesRoot: bundle,
    modules: modulesIn(bundle),
    unsafeDirectSockets: [{ host, port }],
  }
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port: 0,
      resourcePersistencePath: stateFolder,
      logRequests: false,
      cf: false,
      ...(inspectorPort === undefined ? {} : { inspectorPort }),
      log: new NoOpLog(),
      handleStructuredLogs: onLog,
      workers: [worker, ...externalWorkers],
    }),
  )
  await miniflare.ready
  const callOff = endWithUs()
  const url = (await miniflare.unsafeGetDirectURL(name)).origin
  return {
    url,
    /** Where the runtime can be looked into, when it was served with an inspectorPort. */
    inspectorUrl: () => miniflare.getInspectorURL(),
    /** The local D1 database behind the binding. */
    database: () => miniflare.getD1Database('DB', name),
    /** Calls the worker's scheduled handler, which local runtimes never do by themselves. */
    scheduled: async (cron) => (await miniflare.getWorker(name)).scheduled({ cron }),
    /** Stops serving; what was accepted stays in the state folder. */
    async dispose() {
      callOff()
      await miniflare.dispose()
    },
  }
}

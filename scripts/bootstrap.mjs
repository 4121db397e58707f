// Makes a fresh clone ready: installs, builds the dashboard, bundles the worker. What is already up to date is
// skipped by content, so a second call takes a moment. Uses node: built-ins only and runs on any Node ≥ 20.
import { buildWeb } from './bootstrap/build-web.mjs'
import { buildWorker } from './bootstrap/build-worker.mjs'
import { findNode } from './bootstrap/find-node.mjs'
import { install } from './bootstrap/install.mjs'

try {
  await install()
  findNode()
  await buildWeb()
  await buildWorker()
} catch (error) {
  process.stderr.write(`\n${error.message}\n`)
  process.exit(1)
}

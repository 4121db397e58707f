import path from 'node:path'
import { root } from './root.mjs'

const pathEntries = () => (process.env.PATH ?? '').split(path.delimiter)

/** Environment for the tools of node_modules: their folder, and the Node in it, come first. */
export const toolEnv = () => ({
  ...process.env,
  PATH: [path.join(root, 'node_modules/.bin'), ...pathEntries()].join(path.delimiter),
  CI: '1',
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
})

/** Environment for npm itself: without node_modules in PATH, since `npm ci` deletes the Node it finds there. */
export const npmEnv = () => ({
  ...process.env,
  PATH: pathEntries()
    .filter((entry) => !entry.includes('node_modules'))
    .join(path.delimiter),
})

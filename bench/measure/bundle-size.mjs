import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from '../../scripts/bootstrap/root.mjs'
import { digits } from '../report/format.mjs'

const kib = (bytes) => `${digits(bytes / 1024)} KiB`

/** Size of the bundle that a deploy uploads. */
export function bundleSize() {
  const bytes = readFileSync(path.join(root, 'dist/local/index.js'))
  return [{ quantity: 'bundle', measured: `${kib(bytes.length)}, gzip ${kib(gzipSync(bytes).length)}` }]
}

import { renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from './root.mjs'
import { run } from './run.mjs'
import { digestOf, unlessStamped } from './stamp.mjs'
import { toolEnv } from './tool-env.mjs'

/** Bundles the worker into dist/local, byte for byte what a deploy uploads. */
export async function buildWorker() {
  const digest = digestOf(['worker', 'wrangler.toml', 'package-lock.json', 'package.json'])
  await unlessStamped(
    { stamp: 'dist/stamps/worker', digest, product: 'dist/local/index.js', title: 'Bundling the worker' },
    async () => {
      const fresh = `dist/local-${process.pid}`
      await run('wrangler', ['deploy', '--dry-run', '--env=', '--minify', '--outdir', fresh], { env: toolEnv() })
      rmSync(path.join(root, 'dist/local'), { recursive: true, force: true })
      renameSync(path.join(root, fresh), path.join(root, 'dist/local'))
    },
  )
}

import path from 'node:path'
import { root } from '../../scripts/bootstrap/root.mjs'
import { run } from '../../scripts/bootstrap/run.mjs'
import { toolEnv } from '../../scripts/bootstrap/tool-env.mjs'

/** Bundles a worker of the bench the way Millrace's own is bundled; answers the folder. */
export async function bundle(name) {
  const outdir = `dist/bench/${name}`
  const args = ['deploy', `bench/${name}/worker.mjs`, '--dry-run', '--env=', '--minify', '--outdir', outdir]
  await run('wrangler', args, { env: toolEnv() })
  return path.join(root, outdir)
}

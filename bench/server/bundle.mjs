import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from '../../scripts/bootstrap/root.mjs'
import { run } from '../../scripts/bootstrap/run.mjs'
import { toolEnv } from '../../scripts/bootstrap/tool-env.mjs'

/** Bundles a worker of the bench (a file URL) the way Millrace's own is bundled; answers the folder. */
export async function bundle(entry) {
  const file = fileURLToPath(entry)
  const outdir = path.join('dist/bench', path.basename(path.dirname(file)))
  const args = ['deploy', path.relative(root, file), '--dry-run', '--env=', '--minify', '--outdir', outdir]
  await run('wrangler', args, { env: toolEnv() })
  return path.join(root, outdir)
}

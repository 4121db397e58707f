import { outputOf } from './tool.mjs'

const environments = ['', 'staging', 'production']

/** Bundles for each environment as a deploy would; unknown keys of wrangler.toml are only warnings there, here errors. */
export async function deployable() {
  for (const name of environments) {
    const output = await outputOf('wrangler', ['deploy', '--dry-run', `--env=${name}`, '--outdir', `dist/check${name}`])
    if (output.includes('WARNING')) throw new Error(`wrangler.toml, environment '${name}':\n${output}`)
  }
}

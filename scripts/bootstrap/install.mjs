import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { npmEnv } from './tool-env.mjs'
import { root } from './root.mjs'
import { run } from './run.mjs'
import { unlessStamped } from './stamp.mjs'

const read = (name) => readFileSync(path.join(root, name), 'utf8')

/** Installs exactly what the lock file says, unless that is already there. Tools are installed in production mode too. */
export async function install() {
  // A change of a script needs no new installation.
  const { scripts: _scripts, ...manifest } = JSON.parse(read('package.json'))
  const digest = createHash('sha256').update(JSON.stringify(manifest)).update(read('package-lock.json')).digest('hex')
  await unlessStamped(
    { stamp: 'node_modules/.millrace-stamp', digest, product: 'node_modules/.bin', title: 'Installing packages' },
    () => run('npm', ['ci', '--include=dev', '--loglevel=error', '--no-audit', '--no-fund'], { env: npmEnv() }),
  )
}

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { root } from './root.mjs'

const minimum = [22, 17]

const isRecent = (version) => {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number)
  return major > minimum[0] || (major === minimum[0] && minor >= minimum[1])
}

/** Path of a Node that can run the tools: the one npm installed, else the one running this. Throws when neither is recent enough. */
export function findNode() {
  const local = path.join(root, 'node_modules/.bin/node')
  // An optional dependency that fails to download is skipped without a word, hence the check.
  if (existsSync(local) && isRecent(execFileSync(local, ['--version'], { encoding: 'utf8' }))) return local
  if (isRecent(process.version)) return process.execPath
  throw new Error(
    `Millrace needs Node ${minimum.join('.')} or newer and this is ${process.version}. ` +
      'npm brings a suitable one on Linux (x64, arm64); elsewhere please install it, then run the command again.',
  )
}

import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { root } from '../../scripts/bootstrap/root.mjs'
import { npmStart } from '../server/npm-start.mjs'

const seconds = (valueMs) => `${(valueMs / 1000).toFixed(1)} s`

/** From `npm start` to a healthy server: in a fresh clone of the last commit with nothing installed, and again after that. */
export async function startTime({ folder, sizes, progress }) {
  const state = path.join(folder, 'start-state')
  if (!sizes.coldStart) {
    await npmStart(root, state)
    return [{ quantity: 'npm start to health, warm', measured: seconds(await npmStart(root, state)) }]
  }
  const clone = path.join(folder, 'clone')
  execFileSync('git', ['clone', '--quiet', root, clone])
  progress('  a fresh clone installs and builds …')
  const coldMs = await npmStart(clone, state)
  const warmMs = await npmStart(clone, state)
  return [
    { quantity: 'npm start to health, fresh clone', measured: seconds(coldMs) },
    { quantity: 'npm start to health, warm', measured: seconds(warmMs) },
  ]
}

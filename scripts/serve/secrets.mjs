import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { readPrivate, writePrivate } from './private-file.mjs'

/** The secrets of one state folder, made on its first start. Losing them means losing what they encrypt. */
export function secretsOf(stateFolder) {
  const file = path.join(stateFolder, 'secrets.json')
  const known = readPrivate(file)
  if (known) return known
  const key = () => randomBytes(32).toString('base64')
  const made = { SESSION_KEY: key(), MASTER_KEY: key() }
  writePrivate(file, made)
  return made
}

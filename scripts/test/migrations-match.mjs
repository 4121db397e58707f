import { cpSync, rmSync } from 'node:fs'
import path from 'node:path'
import { root } from '../bootstrap/root.mjs'
import { outputOf } from './tool.mjs'

/** Fails when the schema in the code asks for a migration that is not in migrations/. Works on a copy. */
export async function migrationsMatch() {
  const copy = 'dist/migrations-check'
  rmSync(path.join(root, copy), { recursive: true, force: true })
  cpSync(path.join(root, 'migrations'), path.join(root, copy), { recursive: true })
  const output = await outputOf('drizzle-kit', ['generate'], { MIGRATIONS_FOLDER: `./${copy}` })
  if (!output.includes('No schema changes')) throw new Error(`Run \`npm run migrate:generate\` and commit.\n${output}`)
}

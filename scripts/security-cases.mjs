// Writes under each case of docs/design/security-cases.md which tests name it in their titles.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createServer } from 'vite'
import { root } from './bootstrap/root.mjs'

const file = path.join(root, 'docs/design/security-cases.md')
const vite = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, ws: false },
})
try {
  const { citedCases, withCitations } = await vite.ssrLoadModule('/test/architecture/security-cases.ts')
  writeFileSync(file, withCitations(readFileSync(file, 'utf8'), citedCases(root)))
} finally {
  await vite.close()
}

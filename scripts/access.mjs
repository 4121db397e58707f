// Writes docs/design/access.md: which role may make which call.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { createServer } from 'vite'
import { root } from './bootstrap/root.mjs'

const file = path.join(root, 'docs/design/access.md')
const vite = await createServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, ws: false },
})
try {
  const { accessPage } = await vite.ssrLoadModule('/test/architecture/access-page.ts')
  writeFileSync(file, await accessPage())
} finally {
  await vite.close()
}

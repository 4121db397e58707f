// Writes docs/openapi.json from the table of operations; with --check says whether it is up to date instead.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { format } from 'prettier'
import { createServer } from 'vite'
import { root } from './bootstrap/root.mjs'

const file = path.join(root, 'docs/openapi.json')
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))

async function generate() {
  const vite = await createServer({
    root,
    configFile: false,
    logLevel: 'error',
    server: { middlewareMode: true, ws: false },
  })
  try {
    const { openApiDocument } = await vite.ssrLoadModule('/worker/http/openapi.ts')
    return await format(JSON.stringify(openApiDocument({ version, url: '/' })), { parser: 'json', printWidth: 120 })
  } finally {
    await vite.close()
  }
}

const fresh = await generate()
if (!process.argv.includes('--check')) {
  writeFileSync(file, fresh)
} else if (readFileSync(file, 'utf8') !== fresh) {
  process.stderr.write('docs/openapi.json is out of date: run node scripts/openapi.mjs\n')
  process.exitCode = 1
}

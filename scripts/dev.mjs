// The reloading variant of `npm start`: wrangler watches the worker. Its state lives beside that of `npm start`.
import { spawn } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './bootstrap/root.mjs'
import { toolEnv } from './bootstrap/tool-env.mjs'
import { run } from './bootstrap/run.mjs'
import { secretsOf } from './serve/secrets.mjs'
import { varsFromShell } from './serve/vars.mjs'

const stateFolder = path.resolve(root, process.env.MILLRACE_STATE || '.millrace/dev-state')
const secretsFile = path.join(root, '.dev.vars')
if (!existsSync(secretsFile)) {
  const lines = Object.entries(secretsOf(stateFolder)).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(secretsFile, lines.join(''), { mode: 0o600 })
}
await run('wrangler', ['d1', 'migrations', 'apply', 'DB', '--local', '--persist-to', stateFolder], { env: toolEnv() })

const vars = Object.entries(varsFromShell()).flatMap(([name, value]) => ['--var', `${name}:${value}`])
const port = process.env.PORT || '8787'
const { CI: _ci, ...env } = toolEnv()
const args = ['dev', '--env=', '--port', port, '--persist-to', stateFolder, '--test-scheduled', ...vars]
spawn('wrangler', args, { cwd: root, env, stdio: 'inherit' }).on('exit', (code) => process.exit(code ?? 0))

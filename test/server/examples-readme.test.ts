import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ai, startAi } from '../support/server/start-ai'
import { type RunningServer, startServer } from '../support/server/start-server'
import { type Sink, startSink } from '../support/server/start-sink'

const root = path.resolve(import.meta.dirname, '../..')
const page = readFileSync(path.join(root, 'examples/README.md'), 'utf8')
/** What is to be pasted, but for the lines that start servers. */
const blocks = [...page.matchAll(/```sh\n([^]*?)```/g)].map(([, text = '']) => text)
const pasted = blocks.filter((block) => !block.includes('npm start'))

let sink: Sink
let ai: Ai
let server: RunningServer

beforeAll(async () => {
  ;[sink, ai] = await Promise.all([startSink(), startAi()])
  server = await startServer({ ...ai.env, MILLRACE_DEV_ALLOW_HOSTS: sink.host })
})
afterAll(async () => {
  await server.discard()
  await Promise.all([sink.end(), ai.end()])
})

test('what the page of examples says to paste works as it is written', async () => {
  const script = pasted
    .join('\necho\n')
    .replace('$PWD/.millrace/dev.json', server.devFile)
    .replaceAll('http://127.0.0.1:9100', sink.url)
  const env = { ...process.env, PATH: `${path.dirname(process.execPath)}:${process.env['PATH']}` }
  const { stdout, stderr } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { cwd: root, env })
  expect(stderr).toBe('')
  for (const said of [
    '"decision":{"status":"needs_approval","by":"manager"}',
    '"skippedBecause":',
    '"score":800',
    '"code":"wrong_type"',
    '"status":"recorded"',
    '"sent":200',
    '"category":"billing"',
    '"processedOrder":"12345"',
  ])
    expect(stdout).toContain(said)
  expect(stdout).not.toContain('application/problem')
  expect(stdout).not.toContain('"requestId"')
})

test('the page tells what every example is for', () => {
  const told = [...page.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name)
  const files = readdirSync(path.join(root, 'examples/components'))
  const examples = files.flatMap((file) => /^([\w-]+)\.workflow\.json$/.exec(file)?.[1] ?? [])
  expect(told).toEqual(examples.toSorted())
})

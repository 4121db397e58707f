// Verifies an exported audit without the service that wrote it.
//   node scripts/verify-audit.mjs [--head <seq>:<hash>] <file>…
// The files are answers of GET /v1/audit/export, in any order. Every entry must hold the hash of all before it, back to the
// start of its organization's chain. --head is where an earlier export said the chain stood: with it, entries that were
// taken from the end are missed too. Ends with 0 and prints the head to keep for the next time, or with 1 and the first
// entry that is wrong. Node built-ins only.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({ options: { head: { type: 'string' } }, allowPositionals: true })

const sha256 = (text) => createHash('sha256').update(text).digest('hex')

function fail(message) {
  process.stdout.write(`broken: ${message}\n`)
  process.exit(1)
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return fail(`${file} cannot be read: ${error.message}`)
  }
}

const pages = positionals.map(read)
if (pages.length === 0) fail('no file was given')
const [{ organizationId, algorithm }] = pages
if (algorithm !== 'millrace-audit-v1') fail(`the algorithm ${algorithm} is not known`)
if (pages.some((page) => page.organizationId !== organizationId)) fail('the files are of different organizations')

const expected = pages.map(({ head }) => head)
if (values.head !== undefined) {
  const [keptSeq, keptHash] = values.head.split(':')
  expected.push({ seq: Number(keptSeq), hash: keptHash })
}

let seq = 0
let hash = sha256(`millrace-audit-v1\n${organizationId}`)
const isAnother = () => expected.some((head) => head.seq === seq && head.hash !== hash)

for (const page of pages.toSorted((a, b) => a.from.seq - b.from.seq)) {
  if (page.from.seq !== seq || page.from.hash !== hash) fail(`what begins after entry ${page.from.seq} follows nothing`)
  for (const entry of page.entries) {
    if (entry.seq !== seq + 1) fail(`entry ${entry.seq} follows entry ${seq}`)
    const { id, at, actor, action, target, detail } = entry
    hash = sha256(`${hash}\n${JSON.stringify([entry.seq, id, at, actor.id, actor.email, action, target, detail])}`)
    if (hash !== entry.hash) fail(`entry ${entry.seq} is not the one that was written`)
    seq = entry.seq
    if (isAnother()) fail(`entry ${seq} is another one than it was`)
  }
}
const last = Math.max(...expected.map((head) => head.seq))
if (last > seq) fail(`entries ${seq + 1} to ${last} are missing`)
process.stdout.write(`ok: ${seq} entries of ${organizationId}, head ${seq}:${hash}\n`)

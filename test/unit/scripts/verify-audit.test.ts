import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ChainedEntry, chainProblem, chainStart, entryHash } from '#core/model/audit-chain'

const ORGANIZATION = 'org_1'
const script = path.resolve(import.meta.dirname, '../../../scripts/verify-audit.mjs')

type Link = ChainedEntry & { hash: string }
type Exported = {
  organizationId: string
  algorithm: string
  from: { seq: number; hash: string }
  entries: Link[]
  head: { seq: number; hash: string }
}

/** A chain as the service writes it. */
function chainOf(count: number): Exported {
  const start = chainStart(ORGANIZATION)
  const entries: Link[] = []
  let { hash } = start
  for (let seq = 1; seq <= count; seq++) {
    const actor = { id: `user_${seq % 3}`, email: seq % 2 === 0 ? null : 'ä"\u2028@example.com' }
    const entry = { seq, id: `audit_${seq}`, at: seq * 10, actor, action: 'key.created', target: `key_${seq}` }
    const chained = { ...entry, detail: seq % 4 === 0 ? null : JSON.stringify({ name: `№ ${seq}`, lines: 'a\nb' }) }
    hash = entryHash(hash, chained)
    entries.push({ ...chained, hash })
  }
  return {
    organizationId: ORGANIZATION,
    algorithm: 'millrace-audit-v1',
    from: start,
    entries,
    head: { seq: count, hash },
  }
}

function verify(pages: readonly Exported[], ...options: string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'millrace-audit-'))
  const files = pages.map((page, index) => {
    const file = path.join(folder, `${index}.json`)
    writeFileSync(file, JSON.stringify(page))
    return file
  })
  const { status, stdout } = spawnSync(process.execPath, [script, ...options, ...files], { encoding: 'utf8' })
  rmSync(folder, { recursive: true })
  return { status, stdout }
}

/** Hashes again from an entry on, as whoever changes one would. */
function rehashed(entries: readonly Link[]): Link[] {
  let { hash } = chainStart(ORGANIZATION)
  return entries.map((entry) => ({ ...entry, hash: (hash = entryHash(hash, entry)) }))
}

describe('an exported audit', () => {
  it('is verified by a program that knows nothing of the service, in one piece and in pages', () => {
    const whole = chainOf(10)
    expect(verify([whole])).toEqual({ status: 0, stdout: `ok: 10 entries of org_1, head 10:${whole.head.hash}\n` })
    const first = { ...whole, entries: whole.entries.slice(0, 4) }
    const fourth = whole.entries[3]!
    const second = { ...whole, from: { seq: 4, hash: fourth.hash }, entries: whole.entries.slice(4) }
    expect(verify([second, first]).status).toBe(0)
    expect(chainProblem(whole.from, whole.entries)).toBeNull()
  })

  const changed = (change: (entries: Link[]) => void): Exported => {
    const whole = chainOf(10)
    const entries = structuredClone(whole.entries)
    change(entries)
    return { ...whole, entries }
  }

  it.for([
    ['an entry’s target was changed', (entries: Link[]) => (entries[4] = { ...entries[4]!, target: 'key_9' })],
    ['who did it was changed', (entries: Link[]) => (entries[4] = { ...entries[4]!, actor: { id: 'u', email: null } })],
    ['when it was was changed', (entries: Link[]) => (entries[4] = { ...entries[4]!, at: 1 })],
    ['its detail was changed', (entries: Link[]) => (entries[4] = { ...entries[4]!, detail: null })],
    ['an entry was removed', (entries: Link[]) => entries.splice(4, 1)],
    ['the first entry was removed', (entries: Link[]) => entries.splice(0, 1)],
    ['two entries changed places', (entries: Link[]) => entries.splice(4, 2, entries[5]!, entries[4]!)],
    ['an entry was repeated', (entries: Link[]) => entries.splice(4, 0, entries[4]!)],
    ['the last entry was removed', (entries: Link[]) => entries.splice(9, 1)],
  ] as const)('%s: that is noticed', ([, change]) => {
    const broken = changed(change)
    const { status, stdout } = verify([broken])
    expect(status, stdout).toBe(1)
    expect(stdout).toMatch(/^broken: /)
  })

  it('written anew from a change on, or cut off, is noticed by whoever kept an earlier head', () => {
    const whole = chainOf(10)
    const forged = rehashed(whole.entries.map((entry) => (entry.seq === 5 ? { ...entry, target: 'key_x' } : entry)))
    const anew = { ...whole, entries: forged, head: { seq: 10, hash: forged[9]!.hash } }
    expect(verify([anew]).status).toBe(0)
    expect(verify([anew], '--head', `10:${whole.head.hash}`)).toMatchObject({ status: 1 })
    const cut = { ...whole, entries: whole.entries.slice(0, 8), head: { seq: 8, hash: whole.entries[7]!.hash } }
    expect(verify([cut]).status).toBe(0)
    expect(verify([cut], '--head', `10:${whole.head.hash}`).stdout).toBe('broken: entries 9 to 10 are missing\n')
  })

  it('that cannot be read is said so in a line', () => {
    const { status, stdout } = spawnSync(process.execPath, [script, '/nowhere.json'], { encoding: 'utf8' })
    expect({ status, stdout }).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^broken: \/nowhere\.json .*\n$/),
    })
  })

  it('of another organization cannot be passed off as this one’s', () => {
    expect(verify([{ ...chainOf(3), organizationId: 'org_2' }]).status).toBe(1)
  })
})

import { AUDIT_EXPORT_MAX, type auditOperations } from '#core/contract/audit'
import type { AnswerOf } from '#core/contract/operation'
import type { Problem } from '#core/contract/problem'
import { type ChainHead, chainProblem, chainStart } from '#core/model/audit-chain'
import { session } from '../session/session.svelte.ts'
import { saveFile } from '../ui/save-file.ts'
import { keptHead, keepHead } from './kept-head.ts'

type Export = AnswerOf<typeof auditOperations.exportAudit>['body']
type Verdict =
  | { readonly is: 'whole'; readonly head: ChainHead; readonly comparedTo: number | null }
  | { readonly is: 'broken'; readonly message: string }

/** The chain of the audit: where it stands, and whether it still follows from its start, as this browser finds out. */
export class Chain {
  readonly organizationId: string
  head = $state.raw<ChainHead | null>(null)
  verdict = $state.raw<Verdict | null>(null)
  problem = $state<Problem | null>(null)
  /** How many entries were read so far; null while none are. */
  readCount = $state<number | null>(null)

  constructor(organizationId: string) {
    this.organizationId = organizationId
  }

  /** Reads where the chain stands. Taking it from its start would be written down; this is not. */
  async load(): Promise<void> {
    const reply = await session.call((api) => api.exportAudit({ query: { after: 1, limit: 1 } }))
    this.problem = reply.ok ? null : reply.problem
    if (reply.ok) this.head = reply.body.head
  }

  /** Reads the whole chain, computes every hash anew, and compares with the head this browser kept. */
  async verify(): Promise<void> {
    const whole = await this.#readAll()
    if (whole !== null) this.verdict = this.#judge(whole)
  }

  /** Saves the whole chain as a file that `scripts/verify-audit.mjs` reads. */
  async save(): Promise<void> {
    const whole = await this.#readAll()
    if (whole === null) return
    this.verdict = this.#judge(whole)
    const name = `audit-${whole.organizationId}-${whole.head.seq}.json`
    saveFile(name, 'application/json', `${JSON.stringify(whole, null, 1)}\n`)
  }

  #judge({ from, entries, head, organizationId }: Export): Verdict {
    const start = chainStart(organizationId)
    const isOwn = organizationId === this.organizationId && from.seq === 0 && from.hash === start.hash
    if (!isOwn) return { is: 'broken', message: 'The chain does not begin at the start of this organization.' }
    const found = chainProblem(from, entries)
    if (found !== null) return { is: 'broken', message: `Broken: ${found.problem}.` }
    const last = entries.at(-1) ?? start
    if (last.seq !== head.seq || last.hash !== head.hash)
      return {
        is: 'broken',
        message: `Entries after ${last.seq} are missing: the chain is said to end at ${head.seq}.`,
      }
    const kept = keptHead(organizationId)
    if (kept !== null && kept.seq > 0 && entries[kept.seq - 1]?.hash !== kept.hash)
      return { is: 'broken', message: `Entry ${kept.seq} is not the one this browser verified before.` }
    keepHead(organizationId, head)
    return { is: 'whole', head, comparedTo: kept?.seq ?? null }
  }

  async #readAll(): Promise<Export | null> {
    this.problem = null
    this.verdict = null
    this.readCount = 0
    const pages: Export[] = []
    let last: Export | undefined
    do {
      const after: number = last?.entries.at(-1)?.seq ?? 0
      const reply = await session.call((api) => api.exportAudit({ query: { after, limit: AUDIT_EXPORT_MAX } }))
      if (!reply.ok) {
        this.problem = reply.problem
        this.readCount = null
        return null
      }
      last = reply.body
      pages.push(last)
      this.readCount += last.entries.length
      this.head = last.head
    } while (last.entries.length > 0 && (last.entries.at(-1)?.seq ?? 0) < last.head.seq)
    this.readCount = null
    return { ...last, from: pages[0]?.from ?? last.from, entries: pages.flatMap(({ entries }) => entries) }
  }
}

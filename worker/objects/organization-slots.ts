/**
 * What one organization may run at once, as a Durable Object: hands every call to its lender, and gives the lender what the
 * platform has. Asked only by shards that run out of slots; nothing goes through it while an execution is accepted or claimed.
 */
import { DurableObject } from 'cloudflare:workers'
import type { Borrower } from '#core/shard/lending'
import type { LendRequest, Loan } from '#core/shard/wire'
import { report } from '../adapters/log/report'
import { readSettings, type Bindings } from '../env'
import type { ShardHandle } from '../ports/shards'
import { openOrganizationTables } from './organization-tables'
import { createSlotLender, type SlotLender, type SlotLenderPorts } from './slot-lender'
import { vanish } from './vanish'

export class OrganizationSlots extends DurableObject<Bindings> {
  #lender: SlotLender

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env)
    this.#lender = this.#open()
  }

  lend(request: LendRequest): Loan | null {
    return this.#isOf(request.organizationId) ? this.#lender.lend(request) : null
  }

  async forget({ organizationId }: { organizationId: string }): Promise<void> {
    if (!this.#isOf(organizationId)) return
    await vanish(this.ctx)
    this.#lender = this.#open()
  }

  #open(): SlotLender {
    const { ctx, env } = this
    return createSlotLender({
      limit: readSettings(env).RUNNING_PER_ORGANIZATION,
      store: createBorrowerTable(ctx.storage),
      shards: (ref, no) => env.SHARDS.getByName(`dep:${ref}:${no}`) as unknown as ShardHandle,
      setTimer: (work, ms) => void setTimeout(work, ms),
      background: (work) => ctx.waitUntil(work),
      report,
    })
  }

  #isOf(organizationId: string): boolean {
    return this.ctx.id.name === `org:${organizationId}`
  }
}

function createBorrowerTable(storage: DurableObjectStorage): SlotLenderPorts['store'] {
  type BorrowerRow = { ref: string; shard: number; lent: number; loan_no: number; need: number }
  openOrganizationTables(storage)
  const { sql } = storage
  return {
    borrowers: () =>
      sql
        .exec<BorrowerRow>('SELECT ref, shard, lent, loan_no, need FROM borrower')
        .toArray()
        .map(({ ref, shard, lent, loan_no, need }) => ({ ref, shard, slots: lent, no: loan_no, need })),
    save({ ref, shard, slots, no, need }: Borrower): void {
      sql.exec(
        `INSERT INTO borrower (ref, shard, lent, loan_no, need) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (ref, shard) DO UPDATE SET lent = excluded.lent, loan_no = excluded.loan_no, need = excluded.need`,
        ref,
        shard,
        slots,
        no,
        need,
      )
    },
    drop: ({ ref, shard }) => void sql.exec('DELETE FROM borrower WHERE ref = ? AND shard = ?', ref, shard),
  }
}

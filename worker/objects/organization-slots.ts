/**
 * What one organization may run at once, as a Durable Object: hands every call to its lender, and gives the lender what the
 * platform has. Asked only by shards that run out of slots; nothing goes through it while an execution is accepted or claimed.
 */
import { DurableObject } from 'cloudflare:workers'
import type { LentSlots } from '#core/shard/lending'
import type { LendRequest, Loan } from '#core/shard/wire'
import { report } from '../adapters/log/report'
import { readSettings, type Bindings } from '../env'
import type { ShardHandle } from '../ports/shards'
import { openOrganizationTables } from './organization-tables'
import { createSlotLender, type SlotLender, type SlotLenderPorts } from './slot-lender'
import { vanish } from './vanish'

export class OrganizationSlots extends DurableObject<Bindings> {
  #lender: SlotLender | null = null

  lend(request: LendRequest): Loan | null {
    if (!this.#isOf(request.organizationId)) return null
    this.#lender ??= this.#open()
    return this.#lender.lend(request)
  }

  async forget({ organizationId }: { organizationId: string }): Promise<void> {
    if (!this.#isOf(organizationId)) return
    this.#lender = null
    await vanish(this.ctx)
  }

  #open(): SlotLender {
    const { ctx, env } = this
    return createSlotLender({
      limit: readSettings(env).RUNNING_PER_ORGANIZATION,
      store: createLentTable(ctx.storage),
      shards: (ref, no) => env.SHARDS.getByName(`dep:${ref}:${no}`) as unknown as ShardHandle,
      clock: () => Date.now(),
      setTimer: (work, ms) => void setTimeout(work, ms),
      report,
    })
  }

  #isOf(organizationId: string): boolean {
    return this.ctx.id.name === `org:${organizationId}`
  }
}

function createLentTable(storage: DurableObjectStorage): SlotLenderPorts['store'] {
  type LentRow = { ref: string; shard: number; slots: number; loan_no: number; need: number }
  openOrganizationTables(storage)
  const { sql } = storage
  return {
    all: () =>
      sql
        .exec<LentRow>('SELECT ref, shard, slots, loan_no, need FROM lent')
        .toArray()
        .map(({ loan_no: no, ...row }) => ({ ...row, no })),
    save({ ref, shard, slots, no, need }: LentSlots): void {
      sql.exec(
        'INSERT OR REPLACE INTO lent (ref, shard, slots, loan_no, need) VALUES (?, ?, ?, ?, ?)',
        ref,
        shard,
        slots,
        no,
        need,
      )
    },
    drop: ({ ref, shard }) => void sql.exec('DELETE FROM lent WHERE ref = ? AND shard = ?', ref, shard),
  }
}

import type { LentSlots } from '#core/shard/lending'
import type { LendRequest, Loan } from '#core/shard/wire'
import { createSlotLender, type SlotLender } from '../../worker/objects/slot-lender'
import type { OrganizationSlotsHandle } from '../../worker/ports/organization-slots'
import type { Shards } from '../../worker/ports/shards'
import type { Chaos } from './chaos'
import type { Random } from './random'
import type { Timeline } from './timeline'

const CALL_MS_MAX = 15
const SLOW_CALL_MS_MAX = 4_000

type Ports = {
  readonly timeline: Timeline
  readonly chaos: Chaos
  readonly random: Random
  readonly shards: Shards
  readonly report: (event: string, facts: Readonly<Record<string, string | number>>) => void
}

/** The platform under an organization's lender: its disk, its lives, and the line to it. */
export class SimulatedOrganization {
  readonly limit: number
  readonly #ports: Ports
  readonly #disk = new Map<string, LentSlots>()
  #life: { readonly lender: SlotLender; isOver: boolean } | null = null

  constructor(limit: number, ports: Ports) {
    this.limit = limit
    this.#ports = ports
  }

  handle(): OrganizationSlotsHandle {
    return { lend: (request) => this.#lend(request), forget: async () => undefined }
  }

  async #lend(request: LendRequest): Promise<Loan> {
    const { timeline, chaos } = this.#ports
    await timeline.sleep(this.#lineMs())
    if (chaos.strikes('call_lost')) throw new Error('The line is broken.')
    const life = (this.#life ??= this.#start())
    const loan = life.lender.lend(request)
    if (chaos.strikes('lender_dies')) {
      life.isOver = true
      this.#life = null
    }
    await timeline.sleep(this.#lineMs())
    if (chaos.strikes('answer_lost')) throw new Error('The line is broken.')
    return loan
  }

  #start() {
    const { timeline, shards, report } = this.#ports
    const life = { isOver: false }
    const lender = createSlotLender({
      limit: this.limit,
      store: {
        all: () => [...this.#disk.values()],
        save: (one) => void (life.isOver || this.#disk.set(`${one.ref}:${one.shard}`, one)),
        drop: (one) => void (life.isOver || this.#disk.delete(`${one.ref}:${one.shard}`)),
      },
      shards,
      clock: timeline.now,
      setTimer: (work, ms) => timeline.in(ms, () => void (life.isOver || work())),
      report,
    })
    return Object.assign(life, { lender })
  }

  #lineMs(): number {
    const { chaos, random } = this.#ports
    return random.between(1, chaos.strikes('call_slow') ? SLOW_CALL_MS_MAX : CALL_MS_MAX)
  }
}

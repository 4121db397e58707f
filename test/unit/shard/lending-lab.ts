import type { DeploymentConfig } from '#core/model/deployment-config'
import { type LentSlots, lendTo, settle, sharesOf } from '#core/shard/lending'
import { giveBack, isShort, neededSlots, takeLoan, wishedSlots } from '#core/shard/loan'
import type { Shard } from '#core/shard/memory'
import { mayStart, OWN_SLOTS } from '#core/shard/slots'
import { type LendRequest, type Loan, NO_LOAN, type ReturnedSlots, type ReturnRequest } from '#core/shard/wire'
import { oneRowShard } from '../objects/one-row-shard'

const ORGANIZATION = 'org_1'

/** Something on its way between a shard and its organization; messages overtake each other and get lost. */
type Message = { readonly shard: number } & (
  | { readonly ask: LendRequest }
  | { readonly loan: Loan }
  | { readonly recall: ReturnRequest }
  | { readonly returned: ReturnedSlots | null }
)

export type Deed = 'arrive' | 'start' | 'end' | 'ask' | 'recall' | 'deliver' | 'lose'

/** Shards of one organization and the lines between them, moved one deed at a time. */
export class LendingLab {
  readonly limit: number
  readonly shards: readonly Shard[]
  readonly #line: Message[] = []
  #known: readonly LentSlots[] = []

  constructor(limit: number, shards: number) {
    this.limit = limit
    this.shards = Array.from({ length: shards }, (_, no) => newShard(no))
  }

  /** How many run beside those each shard may run by itself. */
  running(): number {
    return this.shards.reduce((all, { memory }) => all + Math.max(0, memory.slots - OWN_SLOTS), 0)
  }

  /** What a shard believes to have on loan. */
  lent(no: number): Loan | undefined {
    return this.shards[no]?.memory.meta?.loan
  }

  do(deed: Deed, no: number): void {
    const shard = this.shards[no % this.shards.length]
    if (shard === undefined) return
    const { memory } = shard
    switch (deed) {
      case 'arrive':
        return void memory.ready.add(memory.nextSeq++)
      case 'start':
        if (mayStart(memory).shared === 0) return
        memory.ready.delete([...memory.ready][0] ?? -1)
        memory.slots += 1
        return
      case 'end':
        memory.slots = Math.max(0, memory.slots - 1)
        return
      case 'ask':
        return this.#ask(shard)
      case 'recall':
        return this.#recall(no % this.shards.length)
      case 'deliver':
        return this.#deliver(this.#take(no))
      case 'lose':
        return void this.#take(no)
    }
  }

  /** Does a deed as often as it can be done. */
  all(deed: 'arrive' | 'start' | 'end', no: number, times: number): void {
    for (let time = 0; time < times; time++) this.do(deed, no)
  }

  /** Shards that are short ask, those that are known are asked to give back; everything arrives in its order. */
  settleDown(rounds: number): void {
    for (let round = 0; round < rounds; round++) {
      for (const no of this.shards.keys()) this.do('ask', no)
      this.#deliverAll()
      for (const { shard } of this.#known) this.do('recall', shard)
      this.#deliverAll()
    }
  }

  #deliverAll(): void {
    while (this.#line.length > 0) this.do('deliver', 0)
  }

  #ask({ memory }: Shard): void {
    if (!isShort(memory)) return
    const { no = 0, loan = NO_LOAN } = memory.meta ?? {}
    const wants = { need: neededSlots(memory), wish: wishedSlots(memory) }
    this.#line.push({
      shard: no,
      ask: { organizationId: ORGANIZATION, ref: 'a', shard: no, no: loan.no, ...wants },
    })
  }

  #recall(no: number): void {
    const known = this.#known.find(({ shard }) => shard === no)
    if (known === undefined) return
    const shares = sharesOf(
      this.limit,
      this.#known.map(({ need }) => need),
    )
    this.#line.push({ shard: no, recall: { organizationId: ORGANIZATION, no: known.no, ...shares } })
  }

  #take(no: number): Message | undefined {
    return this.#line.splice(no % Math.max(1, this.#line.length), 1)[0]
  }

  #deliver(message: Message | undefined): void {
    const shard = message === undefined ? undefined : this.shards[message.shard]
    if (message === undefined || shard === undefined) return
    const known = this.#known.find((one) => one.shard === message.shard)
    const others = this.#known.filter((one) => one !== known)
    if ('ask' in message) {
      const { written, told } = lendTo(this.limit, this.#known, message.ask)
      this.#known = [...others, written]
      this.#line.push({ shard: message.shard, loan: told })
    } else if ('loan' in message) takeLoan(shard, message.loan)
    else if ('recall' in message) {
      this.#line.push({ shard: message.shard, returned: giveBack(shard, message.recall) })
    } else if (known !== undefined) {
      const next = settle(known, message.returned)
      this.#known = next === null ? others : [...others, next]
    }
  }
}

function newShard(no: number): Shard {
  const { shard } = oneRowShard('completed')
  const { memory } = shard
  const config = { ...memory.meta?.config, organizationId: ORGANIZATION } as DeploymentConfig
  memory.meta = { no, config, finishNo: 0, flushedThrough: 0, loan: NO_LOAN }
  return { memory, store: { ...shard.store, saveLoan: () => undefined } }
}

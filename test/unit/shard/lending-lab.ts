import type { DeploymentConfig } from '#core/model/deployment-config'
import { type Borrower, evenShare, lendTo, settle } from '#core/shard/lending'
import { giveBack, neededSlots, takeLoan, wishedSlots } from '#core/shard/loan'
import type { Shard } from '#core/shard/memory'
import { mayStart, OWN_SLOTS } from '#core/shard/slots'
import { type Loan, NO_LOAN, type ReturnedSlots } from '#core/shard/wire'
import { oneRowShard } from '../objects/one-row-shard'

const ORGANIZATION = 'org_1'

/** Something on its way between a shard and its organization; messages overtake each other and get lost. */
type Message =
  | { readonly kind: 'ask'; readonly shard: number; readonly need: number; readonly wish: number; readonly no: number }
  | { readonly kind: 'loan'; readonly shard: number; readonly loan: Loan }
  | { readonly kind: 'recall'; readonly shard: number; readonly most: number }
  | { readonly kind: 'returned'; readonly shard: number; readonly answer: ReturnedSlots | null }

export type Deed = 'arrive' | 'start' | 'end' | 'ask' | 'recall' | 'deliver' | 'lose'

/** Shards of one organization and the lines between them, moved one deed at a time. */
export class LendingLab {
  readonly limit: number
  readonly shards: readonly Shard[]
  readonly #line: Message[] = []
  #known: readonly Borrower[] = []

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
    const at = memory.meta?.no ?? 0
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
        return this.#send({
          kind: 'ask',
          shard: at,
          need: neededSlots(memory),
          wish: wishedSlots(memory),
          no: memory.meta?.loan.no ?? 0,
        })
      case 'recall':
        return this.#send({ kind: 'recall', shard: at, most: this.#share() })
      case 'deliver':
        return this.#deliver(this.#take(no))
      case 'lose':
        return void this.#take(no)
    }
  }

  /** Every shard that wants more asks, and every other gives back, until nothing is on its way. */
  settleDown(rounds: number): void {
    for (let round = 0; round < rounds; round++) {
      for (const { shard } of this.#known) this.do('recall', shard)
      while (this.#line.length > 0) this.do('deliver', 0)
      for (let no = 0; no < this.shards.length; no++) this.do('ask', no)
      while (this.#line.length > 0) this.do('deliver', 0)
    }
  }

  #share(): number {
    const needs = this.#known.map(({ need }) => need)
    return Math.min(this.limit, evenShare(this.limit, needs))
  }

  #send(message: Message): void {
    this.#line.push(message)
  }

  #take(no: number): Message | undefined {
    return this.#line.splice(no % Math.max(1, this.#line.length), 1)[0]
  }

  #deliver(message: Message | undefined): void {
    const shard = message === undefined ? undefined : this.shards[message.shard]
    if (message === undefined || shard === undefined) return
    const known = this.#known.find((one) => one.shard === message.shard)
    const others = this.#known.filter((one) => one !== known)
    if (message.kind === 'ask') {
      const next = lendTo(this.limit, this.#known, { organizationId: ORGANIZATION, ref: 'a', ...message })
      this.#known = [...others, next]
      this.#send({ kind: 'loan', shard: message.shard, loan: { slots: next.slots, no: next.no } })
    } else if (message.kind === 'loan') takeLoan(shard, message.loan)
    else if (message.kind === 'recall') {
      const answer = giveBack(shard, { organizationId: ORGANIZATION, most: message.most })
      this.#send({ kind: 'returned', shard: message.shard, answer })
    } else if (known !== undefined) {
      const next = settle(known, message.answer)
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

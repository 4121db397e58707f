import { isTerminalStatus } from '#core/model/execution-status'
import { parseExecutionId } from '#core/model/execution-id'
import type { JournalEvent } from '#core/engine/event'
import type { EpochMs } from '#core/kernel/time'
import { LEASE_MS } from '#core/shard/lease'
import type { ExecutionSummary } from '#core/shard/summary'
import type {
  AcceptAnswer,
  AcceptRequest,
  Cause,
  ClaimAnswer,
  CommitAnswer,
  CommitItem,
  FinishItem,
  Work,
} from '#core/shard/wire'
import type { SimulatedDeployment } from './deployment'
import type { Heard } from './platform'
import type { Process } from './process'
import type { Timeline } from './timeline'

/** One event of a journal, and when it became durable. */
export type Line = { readonly event: JournalEvent; readonly durableAt: EpochMs }
export type Claim = { readonly token: number; readonly by: Process | null; readonly at: EpochMs }

/** What was seen of one execution where its shard answers. */
export type Seen = {
  readonly id: string
  readonly ref: string
  readonly no: number
  readonly seq: number
  readonly pin: number
  readonly concurrencyKey: string | null
  hasEnded: boolean
  readonly claims: Claim[]
  readonly lines: Line[]
  /** When a cancel was durable. */
  cancelledAt: EpochMs | null
  /** Terminal words, in the order they were told to anybody. */
  readonly ends: string[]
}

export type Witness = {
  readonly executions: ReadonlyMap<string, Seen>
  /** Those that came with their end. */
  readonly brought: ReadonlySet<string>
  /** Ids by what made them one: the sender's key, or the nonce of the call. */
  readonly idsByKey: ReadonlyMap<string, ReadonlySet<string>>
  /** What was wrong the moment it happened. */
  readonly broken: string[]
  readonly heard: (heard: Heard) => void
  /** A shard may have changed by itself. */
  readonly changed: (host: Heard['host']) => void
  readonly indexed: (summaries: readonly ExecutionSummary[]) => void
  /** Somebody was told how an execution ended. */
  readonly ended: (id: string, status: string) => void
}

/** `mayRun` = how many executions of all deployments together may run at once. */
export function createWitness(
  timeline: Timeline,
  deployed: ReadonlyMap<string, SimulatedDeployment>,
  mayRun: () => number,
): Witness {
  const executions = new Map<string, Seen>()
  const idsByKey = new Map<string, Set<string>>()
  const brought = new Set<string>()
  const broken: string[] = []

  function seen(id: string, pin: number, cause: Cause): Seen {
    const known = executions.get(id)
    if (known !== undefined) return known
    const { ref = '', shard: no = 0, seq = 0 } = parseExecutionId(id) ?? {}
    const fresh: Seen = {
      id,
      ref,
      no,
      seq,
      pin,
      concurrencyKey: cause.concurrencyKey ?? null,
      hasEnded: false,
      claims: [],
      lines: [],
      cancelledAt: null,
      ends: [],
    }
    executions.set(id, fresh)
    return fresh
  }

  function accepted(ref: string, request: AcceptRequest, answer: AcceptAnswer, by: Process | null): void {
    if (answer.kind !== 'accepted') return
    const key = `${ref} ${request.key ?? request.nonce}`
    idsByKey.set(key, (idsByKey.get(key) ?? new Set()).add(answer.id))
    const execution = seen(answer.id, request.pin, request.cause)
    if (!answer.duplicate && execution.pin !== request.pin) broken.push(`I7: ${answer.id} changed its release`)
    if (answer.lease !== undefined) claimed(answer.lease, by)
    if (answer.ended !== true || request.ran === undefined) return
    append(execution, request.ran.events)
    brought.add(answer.id)
  }

  function claimed({ id, pin, token, journal, cause }: Work, by: Process | null): void {
    const execution = seen(id, pin, cause)
    if (execution.pin !== pin) broken.push(`I7: ${id} is handed out with another release`)
    if (journal.length !== execution.lines.length) broken.push(`I3: ${id} is handed out with another journal`)
    execution.claims.push({ token, by, at: timeline.now() })
  }

  function wrote(host: Heard['host'], items: readonly CommitItem[], answers: readonly CommitAnswer[]): void {
    for (const [index, { seq, from, events }] of items.entries()) {
      if (answers[index]?.kind !== 'ok') continue
      const execution = bySeq(host, seq)
      if (execution === null) continue
      const fresh = events.slice(execution.lines.length - from)
      if (from > execution.lines.length) broken.push(`I3: the journal of ${execution.id} has a gap`)
      append(execution, fresh)
    }
  }

  function append(execution: Seen, lines: readonly string[]): void {
    const durableAt = timeline.now()
    for (const line of lines) execution.lines.push({ event: JSON.parse(line) as JournalEvent, durableAt })
  }

  function bySeq(host: Heard['host'], seq: number): Seen | null {
    const { meta } = host.shard.memory
    const isThere = (one: Seen) => one.seq === seq && one.ref === meta?.config.ref && one.no === meta.no
    return [...executions.values()].find(isThere) ?? null
  }

  function ended(id: string, status: string): void {
    if (isTerminalStatus(status as never)) executions.get(id)?.ends.push(status)
  }

  function heard({ ref, method, request, answer, by, host }: Heard): void {
    const items = (request as { items: readonly FinishItem[] } | undefined)?.items ?? []
    switch (method) {
      case 'accept':
        return accepted(ref, request as AcceptRequest, answer as AcceptAnswer, by)
      case 'acceptMany': {
        const { requests } = request as { requests: readonly AcceptRequest[] }
        for (const [index, one] of (answer as readonly AcceptAnswer[]).entries()) {
          const asked = requests[index]
          if (asked !== undefined) accepted(ref, asked, one, by)
        }
        return
      }
      case 'claim':
        for (const work of (answer as ClaimAnswer).work) claimed(work, by)
        return
      case 'commit':
      case 'park':
        return wrote(host, items, answer as readonly CommitAnswer[])
      case 'finish': {
        wrote(host, items, answer as readonly CommitAnswer[])
        for (const [index, { seq }] of items.entries()) {
          const told = (answer as readonly { kind: string; status?: string }[])[index]
          if (told?.kind === 'ok') ended(bySeq(host, seq)?.id ?? '', told.status ?? '')
        }
        return
      }
      case 'cancel': {
        const execution = bySeq(host, (request as { seq: number }).seq)
        if (answer === 'recorded' && execution !== null) execution.cancelledAt ??= timeline.now()
        return
      }
    }
  }

  /** Counted by what was handed out and has not ended, whatever the shards themselves believe. */
  function changed({ shard }: Heard['host']): void {
    const { ref = '' } = shard.memory.meta?.config ?? {}
    const limits = deployed.get(ref)?.limits
    const everywhere = [...executions.values()].filter((one) => one.claims.length > 0 && !one.hasEnded)
    const running = everywhere.filter((one) => one.ref === ref)
    for (const one of running) one.hasEnded = one.no === shard.memory.meta?.no && !shard.memory.live.has(one.seq)
    const { length: all } = everywhere.filter((one) => !one.hasEnded && mayRunNow(one))
    if (all > mayRun()) broken.push(`I9: ${all} executions of the organization run at once, ${mayRun()} may`)
    const byKey = Map.groupBy(
      running.filter(({ hasEnded }) => !hasEnded),
      ({ concurrencyKey }) => concurrencyKey,
    )
    for (const [key, { length }] of byKey) {
      const limit = (key === null ? limits?.quota : limits?.concurrency) ?? Infinity
      // A key that has just got another home is counted in both until the old executions end (execution-protocol.md).
      if (key !== null && deployed.get(ref)?.config().split !== undefined) continue
      if (length > limit) broken.push(`I9: ${length} executions of ${key ?? 'no key'} run at once, ${limit} may`)
    }
  }

  /** One that left no trace before its lease was over waits again, and nobody runs it (I4). */
  function mayRunNow({ lines, claims }: Seen): boolean {
    return lines.length > 0 || timeline.now() <= (claims.at(-1)?.at ?? 0) + LEASE_MS
  }

  function indexed(summaries: readonly ExecutionSummary[]): void {
    for (const { id, status } of summaries) ended(id, status)
  }

  return { executions, brought, idsByKey, broken, heard, changed, indexed, ended }
}

/**
 * Judges a finished run by what was seen from outside: requests as they arrived, answers as they became durable, the index,
 * and what the shards say when asked. Knows I1–I14, and nothing of how they are kept.
 */
import type { JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { stageState } from '#core/engine/state'
import { isTerminalStatus } from '#core/model/execution-status'
import { parseExecutionId } from '#core/model/execution-id'
import type { ExecutionRecord } from '#core/shard/wire'
import { DOCUMENTS, type SimulatedDocument } from './documents'
import { judgeEffects } from './judge-effects'
import { ORGANIZATION_ID } from './releases'
import type { Seen } from './witness'
import type { Call } from './workload'
import type { World } from './world'

/**
 * What the shard writes last when it ends an execution itself. A runner may have died after its last event and before it
 * said so: then the journal had come to an end, and the execution had not.
 */
const STOPS: Readonly<Record<string, string>> = {
  cancel_requested: 'cancelled',
  deadline_passed: 'timed_out',
  execution_failed: 'failed',
}

export function judge(world: World, calls: readonly Call[], isCalm: boolean): readonly string[] {
  const broken = [...world.witness.broken, ...world.faults, ...judgeKeys(world, calls)]
  for (const seen of world.witness.executions.values()) {
    const document = [...DOCUMENTS.values()].find(({ ref }) => ref === parseExecutionId(seen.id)?.ref)
    const record = recordOf(world, seen)
    if (document === undefined || record === null) broken.push(`I1: ${seen.id} was accepted and is not there`)
    else broken.push(...judgeExecution(world, seen, document, record, isCalm))
  }
  for (const platform of world.platforms()) {
    const host = platform.host()
    const { slots, nextSeq } = host.shard.memory
    if (slots !== 0) broken.push(`I9: ${slots} slots are held and nothing is live`)
    for (let seq = 0; seq < nextSeq; seq++) {
      const read = host.read({ organizationId: ORGANIZATION_ID, seq })
      if (read === null || 'archived' in read || world.witness.executions.has(read.record.id)) continue
      broken.push(`I1: ${read.record.id} exists and nobody was told`)
    }
  }
  return broken
}

function recordOf(world: World, { id }: Seen): ExecutionRecord | null {
  const { ref = '', shard = 0, seq = 0 } = parseExecutionId(id) ?? {}
  const read = world.platform(ref, shard).host().read({ organizationId: ORGANIZATION_ID, seq })
  if (read === null) return null
  if ('record' in read) return read.record
  const block = [...(world.archive.get(read.archived) ?? []), ...(world.archive.get(`${read.archived}/${seq}`) ?? [])]
  return block.find(({ record }) => record.id === id)?.record ?? null
}

/** I1: one execution for one key, and whoever was told one was told that one. */
function judgeKeys({ witness }: World, calls: readonly Call[]): readonly string[] {
  const doubled = [...witness.idsByKey].filter(([, ids]) => ids.size !== 1)
  const invented = calls.flatMap(({ told }) => [...told].filter((id) => !witness.executions.has(id)))
  const mixed = calls.filter(({ told }) => told.size > 1)
  const unheard = calls.filter(({ key, told }) => key !== null && told.size === 0)
  return [
    ...unheard.map(({ ref, key }) => `I1: ${ref} ${key} was sent again and again and never told an execution`),
    ...doubled.map(([key, ids]) => `I1: ${key} made ${ids.size} executions`),
    ...invented.map((id) => `I1: ${id} was told and never made`),
    ...mixed.map(({ key }) => `I1: the sender of ${key} was told different executions`),
  ]
}

function judgeExecution(
  world: World,
  seen: Seen,
  document: SimulatedDocument,
  record: ExecutionRecord,
  isCalm: boolean,
): readonly string[] {
  const { plan } = document
  const journal = record.journal.map((line) => JSON.parse(line) as JournalEvent)
  const state = fold(plan, record.acceptedAt, journal)
  const { status } = record
  const lost = seen.lines.findIndex(({ event }, at) => JSON.stringify(event) !== JSON.stringify(journal[at]))
  const indexed = world.index.get(seen.id)
  const stages = plan.order.map((id) => stageState(state, id).status)
  const stop = journal.findIndex(({ type }) => type === 'cancel_requested' || type === 'deadline_passed')
  const facts: [boolean, string][] = [
    [isTerminalStatus(status), `I2: it is ${status}`],
    [lost === -1, `I3: event ${lost} was durable and is another one now`],
    [record.events === journal.length, `I3: ${record.events} events are counted, ${journal.length} are there`],
    [
      state.status === status || STOPS[journal.at(-1)?.type ?? ''] === status,
      `I3: the journal leads to ${state.status}, the row says ${status}`,
    ],
    [record.pin === seen.pin, `I7: it was accepted for release ${seen.pin} and ran on ${record.pin}`],
    [seen.ends.every((end) => end === status), `I11: it was said to be ${seen.ends.join()}, and is ${status}`],
    [indexed?.status === status, `I12: the index says ${indexed?.status}, the shard ${status}`],
    [stages.every((one) => !['running', 'waiting', 'pending'].includes(one)), `I13: stages are ${stages.join()}`],
    [seen.cancelledAt === null || status === 'cancelled', `I14: it was cancelled and is ${status}`],
    [
      stop < 0 || journal.slice(stop).every(({ type }) => type !== 'stage_started'),
      'I14: a stage start is journaled after the stop',
    ],
    [
      !isCalm || record.cause.startBy !== undefined || ['completed', 'cancelled'].includes(status),
      `nothing went wrong, and it is ${status}`,
    ],
    [new Set(successes(journal)).size === successes(journal).length, 'I6: a stage succeeded twice'],
  ]
  const broken = facts.filter(([holds]) => !holds).map(([, words]) => `${seen.id} (${document.name}) ${words}`)
  return [
    ...broken,
    ...judgeEffects(world, seen, document, isCalm).map((words) => `${seen.id} (${document.name}) ${words}`),
  ]
}

function successes(journal: readonly JournalEvent[]): readonly string[] {
  return journal.flatMap((event) => (event.type === 'stage_succeeded' ? [event.stage] : []))
}

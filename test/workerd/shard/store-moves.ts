import type { Ending, JournalChange, NewRow, ShardStore } from '#core/shard/store'
import { type Cause, type InboxEntry, NO_LOAN } from '#core/shard/wire'
import type { Random } from '../../simulate/random'
import { deploymentConfig, releaseParts } from '../support/open-shard'

export type StoreMethod = Exclude<keyof ShardStore, 'transaction'>
export type Move = { readonly method: StoreMethod; readonly args: readonly unknown[] }
type Moves = { readonly [Method in StoreMethod]: () => Parameters<ShardStore[Method]> }

/** Numbers, keys and instants come from so few that calls meet the same rows, and conflict. */
const SEQ_MAX = 140
const SEQ_OFTEN = 7
const HASH_MAX = 12
const AT_MAX = 40
const DAY_MS = 24 * 3_600_000
const TEXTS = ['', '{"n":1}', '{"text":"ä€😀"}', '[1,2]', 'null', '7', '""', '{}'] as const
const LONG_TEXT = JSON.stringify({ text: 'long ü'.repeat(30_000) })
const LONG_LINE = JSON.stringify({ v: 1, type: 'stage_completed', at: 3, output: 'ä😀'.repeat(300_000) })

const LINES = [
  '{"v":1,"type":"execution_started","at":7}',
  '{"v":1,"type":"execution_started","at":8,"startedAt":6}',
  '{"v":1,"type":"stage_started","at":9.5}',
  '{"v":1,"type":"stage_completed","at":9,"output":"ä€😀"}',
] as const

const CAUSES: readonly [Cause, ...Cause[]] = [
  { type: 'manual', triggerId: null, actor: null },
  {
    type: 'manual',
    triggerId: null,
    actor: { id: 'user_1', email: null },
    tags: ['b', 'a'],
    concurrencyKey: 'k',
    startBy: 9,
  },
  {
    type: 'webhook',
    triggerId: 'w',
    actor: null,
    request: { method: 'POST', headers: { a: 'ä' }, query: { q: ['1'] } },
  },
  { type: 'workflow', triggerId: null, actor: null, parent: { executionId: 'e', stage: 's', depth: 1, waits: true } },
  {
    type: 'schedule',
    triggerId: 's',
    actor: null,
    nominalAt: 4,
    test: true,
    mocks: { a: { b: [1, null] } },
    answers: true,
  },
  { type: 'manual', triggerId: null, actor: null, replayOf: 'e', kept: 1 },
]

const RESULTS = [
  '{"output":{"n":1},"error":null,"startedAt":1,"endedAt":2}',
  '{"output":"ä€😀","error":{"code":"x","message":"ü"},"startedAt":1,"endedAt":2}',
] as const
const LONG_RESULT = JSON.stringify({ output: 'é'.repeat(160_000), error: null, startedAt: 1, endedAt: 2 })

/** Methods a seed calls more often than the others, so that there is something to see. */
export const FREQUENT_METHODS = [
  'insert',
  'insert',
  'insert',
  'append',
  'append',
  'park',
  'finish',
  'saveMeta',
] as const

/** Arguments for each method of a shard's store, as a seed wants them. */
export function createStoreMoves(random: Random): Moves {
  const at = () => random.between(0, AT_MAX)
  const pin = () => random.between(1, 4)
  const seq = () => random.between(0, random.chance(0.85) ? SEQ_OFTEN : SEQ_MAX)
  const seqs = () => Array.from({ length: random.between(0, 8) }, seq)
  const block = () => random.between(0, 3)
  const kind = () => random.pick<InboxEntry['kind']>(['cancel', 'signal', 'child_finished'])
  const key = () => `key-${random.between(0, 5)}`
  const due = () => (random.chance(0.5) ? null : at())
  return {
    ...knowledgeMoves(random),
    ...rowMoves(random, seq),
    row: () => [seq()],
    rows: () => [seqs()],
    heads: () => [seqs()],
    findNonce: () => [`nonce-${random.between(0, 9)}`, at()],
    raiseToken: () => [seq(), random.between(1, 9)],
    unpark: () => [seq()],
    deleteRows: () => [random.chance(0.5) ? [seq()] : seqs().slice(0, 3)],
    liveRows: () => [],
    unflushed: () => [random.between(0, 20)],
    parkedDue: () => [at(), random.between(0, 6)],
    nextParkedDue: () => [],
    addInbox: () => [seq(), { kind: kind(), key: key(), body: random.pick(TEXTS), at: due() ?? 3 }],
    inboxEntry: () => [seq(), kind(), key()],
    inbox: () => [seq(), random.between(0, 3)],
    clearInbox: () => [seq()],
    addPost: () => [
      { target: key(), kind: random.pick(['child_finished', 'child_cancel']), body: random.pick(TEXTS), dueAt: at() },
    ],
    postsDue: () => [at(), random.between(0, 6)],
    nextPostDue: () => [],
    postponePost: () => [random.between(1, 12), at()],
    dropPost: () => [random.between(1, 12)],
    blockCounts: () => [],
    blockRows: () => [block()],
    markBlock: () => [block(), at(), seqs()],
    isBlockWritten: () => [block()],
    dropRelease: () => [pin()],
    release: () => [pin()],
  }
}

type KnowledgeMethod =
  | 'loadMeta'
  | 'saveMeta'
  | 'saveFlushedThrough'
  | 'saveLoan'
  | 'nextSeq'
  | 'putRelease'
  | 'releasePins'
  | 'findKey'
  | 'insertKey'
  | 'rotateKeys'

function knowledgeMoves(random: Random): Pick<Moves, KnowledgeMethod> {
  const hash = () => `hash-${random.between(0, HASH_MAX)}`
  const key = () => ({ seq: random.between(0, 9), fingerprint: hash(), acceptedAt: random.between(0, AT_MAX) })
  const config = () => {
    const split = { from: 1, to: 4, at: 9 }
    return deploymentConfig({ ref: 'ref', epoch: random.between(1, 9), ...(random.chance(0.5) ? { split } : {}) })
  }
  return {
    loadMeta: () => [],
    saveMeta: () => [
      {
        no: random.between(0, 3),
        config: config(),
        finishNo: 0,
        flushedThrough: random.between(0, 9),
        loan: NO_LOAN,
      },
    ],
    saveFlushedThrough: () => [random.between(0, 20)],
    saveLoan: () => [{ slots: random.between(0, 9), no: random.between(1, 9) }],
    nextSeq: () => [],
    putRelease: () => [
      releaseParts(random.between(1, 4), random.chance(0.5) ? { concurrency: random.between(1, 9) } : {}),
    ],
    releasePins: () => [],
    findKey: () => [hash()],
    insertKey: () => [hash(), key()],
    rotateKeys: () => [random.between(0, 40) * DAY_MS],
  }
}

/**
 * Writes to executions as a shard makes them: the count of events goes up with the lines, whoever knows that count is
 * kept here, and now and then they are as nobody should make them.
 */
function rowMoves(random: Random, seq: () => number): Pick<Moves, 'insert' | 'append' | 'park' | 'finish'> {
  const events = new Map<number, number>()
  let finishNo = 0
  const lines = () => Array.from({ length: random.between(0, 3) }, () => random.pick(LINES))
  function change(to: number): JournalChange {
    const added = random.chance(0.02) ? [LONG_LINE] : lines()
    const count = (events.get(to) ?? 0) + (random.chance(0.2) ? 0 : added.length)
    events.set(to, count)
    return {
      token: random.between(1, 9),
      events: count,
      lines: added,
      inline: random.chance(0.5) && added[0] !== LONG_LINE,
    }
  }
  function row(): NewRow {
    const journal = random.chance(0.3) ? lines() : []
    const no = seq()
    if (!events.has(no)) events.set(no, journal.length)
    return {
      seq: no,
      pin: random.between(1, 4),
      nonce: `nonce-${random.between(0, 9)}`,
      keyHash: random.chance(0.5) ? null : 'hash',
      cause: random.pick(CAUSES),
      payload: random.chance(0.05) ? LONG_TEXT : random.pick(TEXTS),
      acceptedAt: random.between(0, AT_MAX),
      deadlineAt: random.between(0, AT_MAX),
      dueAt: random.chance(0.7) ? null : random.between(0, AT_MAX),
      parent: random.chance(0.8) ? null : 'exec_parent',
      journal,
      inline: journal.length === 0 || random.chance(0.7),
      ...(random.chance(0.1) && { ending: ending() }),
    }
  }
  const status = () =>
    random.pick<'completed' | 'failed' | 'cancelled' | 'timed_out'>(['completed', 'failed', 'timed_out'])
  const ending = (): Ending => ({
    status: status(),
    finishNo: ++finishNo,
    result: random.chance(0.2) ? LONG_RESULT : random.pick(RESULTS),
  })
  const onRow = <T>(make: (no: number) => T): T => make(seq())
  return {
    insert: () => [row()],
    append: () => onRow((no) => [no, change(no)]),
    park: () => onRow((no) => [no, change(no), random.between(0, AT_MAX)]),
    finish: () => onRow((no) => [no, change(no), ending()]),
  }
}

/** Looks that together show all that a store holds. */
export function everythingIn(): readonly Move[] {
  const seqs = Array.from({ length: SEQ_MAX + 1 }, (_, seq) => seq)
  const numbers = (method: StoreMethod, upTo: number): Move[] =>
    Array.from({ length: upTo + 1 }, (_, number) => ({ method, args: [number] }))
  const hashes = Array.from({ length: HASH_MAX + 1 }, (_, no): Move => ({ method: 'findKey', args: [`hash-${no}`] }))
  return [
    ...(['loadMeta', 'nextSeq', 'liveRows', 'releasePins', 'nextParkedDue', 'nextPostDue', 'blockCounts'] as const).map(
      (method): Move => ({ method, args: [] }),
    ),
    { method: 'unflushed', args: [0] },
    { method: 'rows', args: [seqs] },
    { method: 'heads', args: [seqs] },
    { method: 'parkedDue', args: [AT_MAX, 1_000] },
    { method: 'postsDue', args: [AT_MAX, 1_000] },
    ...numbers('release', 4),
    ...numbers('blockRows', 3),
    ...numbers('isBlockWritten', 3),
    ...Array.from({ length: SEQ_OFTEN + 1 }, (_, no): Move => ({ method: 'inbox', args: [no, 0] })),
    ...hashes,
  ]
}

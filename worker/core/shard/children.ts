import type { EpochMs } from '../kernel/time'
import { LIMITS } from '../model/limits'
import { executionId } from './row-id'
import type { Live, Shard } from './memory'
import { addPost } from './outbox'
import type { ExecutionResult } from './result'
import type { TerminalStatus } from '../model/execution-status'

const MARK = '"kind":"child"'

/** Whether a journal line may say that a stage waits for an execution it started. */
export function mayCall(line: string): boolean {
  return line.includes(MARK)
}

/** The children that lines wait for which the journal keeps elsewhere; written down beside where they are. */
export type ChildWaits = { readonly kind: 'child'; readonly executionIds: readonly string[] }

type Line = {
  readonly type?: string
  readonly for?: { readonly kind?: string; readonly executionId?: string }
  readonly waits?: ChildWaits
}

/** The executions that stages wait for, according to journal lines. */
export function childrenIn(lines: readonly string[]): readonly string[] {
  return lines.filter(mayCall).flatMap((line) => {
    const { type, for: fact, waits } = JSON.parse(line) as Line
    if (type === 'events') return waits?.executionIds ?? []
    const isWait = type === 'stage_waiting' && fact?.kind === 'child' && fact.executionId !== undefined
    return isWait ? [fact.executionId] : []
  })
}

/** Tells those an ended execution still waits for that nobody does any more. Runs inside the caller's transaction. */
export function releaseChildren(shard: Shard, entry: Live, lines: readonly string[], now: EpochMs): void {
  if (!entry.calls && !lines.some(mayCall)) return
  const journal = shard.store.row(entry.seq)?.journal ?? []
  const heard = new Set(shard.store.inbox(entry.seq, 0).map(({ key }) => key))
  for (const child of new Set(childrenIn([...journal, ...lines]))) {
    if (!heard.has(child)) addPost(shard, { target: child, kind: 'child_cancel', body: cancelBody(entry, shard) }, now)
  }
}

/** A runner that was fenced tells of a child that the journal never heard of. */
export function releaseUnheard(shard: Shard, seq: number, lines: readonly string[], now: EpochMs): void {
  const children = childrenIn(lines)
  const row = children.length === 0 ? null : shard.store.row(seq)
  if (row === null || row.finishNo === null) return
  const known = new Set(childrenIn(row.journal))
  for (const child of children) {
    if (!known.has(child)) addPost(shard, { target: child, kind: 'child_cancel', body: cancelBody(row, shard) }, now)
  }
}

function cancelBody(row: { readonly seq: number; readonly acceptedAt: EpochMs }, { memory }: Shard): string {
  const parent = memory.meta === null ? '' : executionId(memory.meta.config, memory.meta.no, row)
  return JSON.stringify({ key: parent })
}

/** Tells whoever waits for an execution how it ended. Runs inside the caller's transaction. */
export function reportToParent(
  shard: Shard,
  entry: Live,
  ending: { readonly status: TerminalStatus; readonly result: string },
  now: EpochMs,
): void {
  const { meta } = shard.memory
  if (entry.parent === null || meta === null) return
  const body = JSON.stringify({ key: executionId(meta.config, meta.no, entry), ...reportOf(ending) })
  addPost(shard, { target: entry.parent, kind: 'child_finished', body }, now)
}

function reportOf({ status, result }: { readonly status: TerminalStatus; readonly result: string }) {
  const { output, error } = JSON.parse(result) as ExecutionResult
  const chars = result.length
  if (status !== 'completed' || chars <= LIMITS.outputInlineBytesMax) return { status, output, failure: error }
  const message = `Its output is ${chars} characters long; ${LIMITS.outputInlineBytesMax} can be handed to the workflow that called it.`
  return tooLarge(message)
}

/** The end of a child whose parent was told as much by its children already as it can keep. */
export function withoutOutput(body: string): string {
  const { key } = JSON.parse(body) as { readonly key: string }
  const message = `The outputs of the executions it called are longer than the ${LIMITS.inboxCharsMax} characters it can be told together.`
  return JSON.stringify({ key, ...tooLarge(message) })
}

function tooLarge(message: string) {
  const hint = 'Let it answer with less, such as where to find the rest.'
  return { status: 'failed', output: null, failure: { code: 'child_output_too_large', message, hint } }
}

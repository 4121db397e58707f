import type { WebhookResponse } from '#core/components/context'
import { EVENT_VERSION } from '#core/engine/event'
import { executionEnd } from '#core/engine/execution-output'
import { startFold } from '#core/engine/fold'
import type { ExecutionState } from '#core/engine/state'
import { assertNever } from '#core/kernel/assert'
import type { TerminalStatus } from '#core/model/execution-status'
import { firstResponse } from '#core/shard/first-response'
import type { ExecutionResult } from '#core/shard/result'
import { comeBackLater } from './come-back-later'
import { failWork } from './fail-work'
import { createInbox } from './inbox'
import { createJournalBuffer, Fenced } from './journal-buffer'
import { createPager } from './journal-pages'
import { journalParts } from './keep-output'
import { RENEW_EVERY_MS } from './lease-clock'
import { objectPlace } from './object-place'
import { OutputLost, StoreUnreachable } from './reach-store'
import { noteChildren } from './read-mail'
import type { RunnerDeps } from './runner-deps'
import { Slice, type SliceEnd } from './slice'
import { createSliceContext, type Job, type SliceContext } from './slice-context'

/** An execution's `output` travels with its row; what is larger belongs into a stage, whose output may go to the store. */
const RESULT_CHARS_MAX = 1_000_000

/** How this runner's part ended. `left`: fenced, cut off or out of time; the shard hands the execution to another. */
export type RunEnd =
  | {
      readonly kind: 'finished'
      readonly status: TerminalStatus
      readonly result: ExecutionResult
      /** What a stage answered whoever called the webhook. */
      readonly response: WebhookResponse | null
    }
  | { readonly kind: 'parked' }
  | { readonly kind: 'left' }

/**
 * Runs one claimed execution until it ends, waits for long, or is no longer ours. Never rejects: whatever breaks here, the
 * journal holds what happened, and the lease's end brings the next runner.
 */
export async function runExecution(deps: RunnerDeps, job: Job): Promise<RunEnd> {
  const { work, writer, lease } = job
  deps.secretAccess.note(job)
  const inbox = createInbox()
  inbox.deliver(work.inbox)
  const pack = createPager(work.journal, () => objectPlace(work, job.config), deps.outputs)
  const buffer = createJournalBuffer(work, { clock: deps.clock, writer, lease, inbox, pack })
  try {
    const { linkedSignals } = job.release
    const signalLinks = linkedSignals.length === 0 ? {} : await deps.signalLinks(work, linkedSignals)
    const context = createSliceContext(deps, job, { buffer, inbox, signalLinks })
    return await run(deps, job, context).catch(async (error: unknown) => {
      if (error instanceof StoreUnreachable) return await comeBackLater(deps.clock, job, await buffer.unpacked())
      throw error
    })
  } catch (error) {
    if (!(error instanceof Fenced)) deps.report('runner_failed', { executionId: work.id, error: String(error) })
    return { kind: 'left' }
  }
}

async function run(deps: RunnerDeps, job: Job, context: SliceContext): Promise<RunEnd> {
  const { work, writer } = job
  try {
    const read = await foldJournal(context)
    if (read === null) return await comeBackLater(deps.clock, job, await context.buffer.unpacked())
    const slice = new Slice(context, read.state, read.awaited)
    return await conclude(context, await slice.run(), slice)
  } catch (error) {
    if (!(error instanceof OutputLost)) throw error
    const failure = {
      code: 'output_lost',
      message: `${error.message} is gone, so the execution cannot go on.`,
      hint: 'Replay the execution.',
    }
    const result = await failWork(writer, work, failure, deps.clock())
    return { kind: 'finished', status: 'failed', result, response: firstResponse(work.journal) }
  }
}

/**
 * What the journal says so far; null where a newer runner than this one wrote it: it will be read by one (4.4 rule 6). Reading
 * a long one takes longer than a lease lasts, so that it is renewed in between.
 */
async function foldJournal({
  deps,
  job: { work, release, lease },
  buffer,
}: SliceContext): Promise<{ readonly state: ExecutionState; readonly awaited: Set<string> } | null> {
  const folding = startFold(release.plan, work.acceptedAt, { kept: work.cause.kept ?? 0 })
  const awaited = new Set<string>()
  if (work.journal.length === 0) return { state: folding.state(), awaited }
  for await (const events of journalParts(work.journal, deps.outputs)) {
    if (events.some(({ v }) => v > EVENT_VERSION)) return null
    folding.add(events)
    noteChildren(awaited, events)
    if (deps.clock() - lease.confirmedAt() >= RENEW_EVERY_MS) await buffer.renew()
  }
  return { state: folding.state(), awaited }
}

async function conclude(context: SliceContext, end: SliceEnd, slice: Slice): Promise<RunEnd> {
  const { job, buffer } = context
  const { seq, token } = job.work
  switch (end.kind) {
    case 'left':
      return { kind: 'left' }
    case 'park': {
      const answer = await job.writer.park({ seq, token, ...(await buffer.rest()), wakeAt: end.wakeAt })
      return { kind: answer.kind === 'ok' ? 'parked' : 'left' }
    }
    case 'finish':
      return finish(context, slice)
    default:
      return assertNever(end)
  }
}

async function finish({ job, buffer, world }: SliceContext, { state, response }: Slice): Promise<RunEnd> {
  const { seq, token } = job.work
  const { status, result, json } = resultOf(executionEnd(state, world, job.release.redact))
  const answer = await job.writer.finish({ seq, token, ...(await buffer.rest()), status, result: json })
  if (answer.kind === 'fenced') return { kind: 'left' }
  if (answer.status === status) return { kind: 'finished', status, result, response }
  const message =
    answer.status === 'cancelled' ? 'The execution was cancelled.' : 'The execution took longer than its limit.'
  return {
    kind: 'finished',
    status: answer.status,
    response,
    result: { ...result, output: null, error: { code: answer.status, message } },
  }
}

function resultOf(end: ReturnType<typeof executionEnd>): {
  status: TerminalStatus
  result: ExecutionResult
  json: string
} {
  const { status, ...result } = end
  const json = JSON.stringify(result)
  if (json.length <= RESULT_CHARS_MAX) return { status, result, json }
  const error = {
    code: 'output_too_large',
    message: `The workflow's output is ${json.length} characters long; ${RESULT_CHARS_MAX} are allowed.`,
    hint: 'Name the parts that matter in the document’s output.',
  }
  const failed: ExecutionResult = { ...result, output: null, error }
  return { status: 'failed', result: failed, json: JSON.stringify(failed) }
}

import { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import { errorEntry, type ErrorCode } from '#core/contract/errors'
import type { Clock } from '#core/kernel/time'
import { parseExecutionId } from '#core/model/execution-id'
import { isTerminalStatus } from '#core/model/execution-status'
import { parseSignalToken, type SignalAddress } from '#core/release/signal-token'
import type { Mac } from '#core/release/webhook-token'
import { isOutage } from '../adapters/platform/is-outage'
import type { OutputStore } from '../ports/output-store'
import type { ShardHandle, Shards } from '../ports/shards'
import type { ConfigCache } from '../services/config-cache'
import { addAnswerHeaders } from './answer-headers'
import { retryHeaders } from './retry-headers'
import { choicesOpen } from './signal/choices-open'
import { questionPage, type Question, refusalPage, thanksPage } from './signal/pages'
import { mayAwait } from './signal/may-await'
import { readAnswer } from './signal/read-answer'
import { replayWaits } from './signal/replay-waits'
import { type Refusal, refusalResponse } from './webhook/refusal'

export type SignalDoorDeps = {
  readonly clock: Clock
  readonly configs: ConfigCache
  readonly shards: Shards
  /** Where journals go on that outgrew their shard. */
  readonly outputs: OutputStore
  /** The same keyed hash that made the tokens. */
  readonly mac: Mac
  readonly requestId: () => string
  readonly environmentName: string
  /** Told about what nobody foresaw; the caller only gets a request id. */
  readonly report: (error: unknown, requestId: string) => void
}

/** Answers every request under /signal/; nothing it is sent makes it reject. */
export type SignalDoor = (request: Request) => Promise<Response>

/** An execution that waits, and where it lives. */
type Waiting = {
  readonly shard: ShardHandle
  readonly organizationId: string
  readonly seq: number
  readonly question: Question
}

const PREFIX = '/signal/'
const USED: Refusal = { code: 'signal_link_used' }

/**
 * The door behind the links of `wait_for_signal`: GET shows a page and changes nothing, POST sends the signal, once. The
 * token is the credential; a wrong one is told apart without touching storage.
 */
export function createSignalDoor(deps: SignalDoorDeps): SignalDoor {
  return async (request) => {
    const response = await answer(deps, request).catch((error: unknown) => fault(deps, request, error))
    addAnswerHeaders(response, deps.environmentName)
    return response
  }
}

function fault(deps: SignalDoorDeps, request: Request, error: unknown): Response {
  const requestId = deps.requestId()
  deps.report(error, requestId)
  const isOut = isOutage(error)
  const told = { requestId: () => requestId }
  return refuse(told, request, isOut ? { code: 'unavailable', headers: retryHeaders(503, 5) } : { code: 'internal' })
}

async function answer(deps: SignalDoorDeps, request: Request): Promise<Response> {
  const { method } = request
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
    return refuse(deps, request, { code: 'method_not_allowed', headers: { allow: 'GET, POST' } })
  }
  const address = await parseSignalToken(deps.mac, new URL(request.url).pathname.slice(PREFIX.length))
  if (address === null) return refuse(deps, request, { code: 'signal_link_unknown' })
  if (deps.clock() >= address.expiresAt) return refuse(deps, request, { code: 'signal_link_expired' })
  const waiting = await find(deps, address)
  if (waiting === null) return refuse(deps, request, USED)
  return method === 'POST' ? send(deps, request, address, waiting) : questionPage(waiting.question)
}

/**
 * Null when there is nothing to answer any more: the execution is over, has heard this link's signal, or has no stage left that
 * could take it.
 */
async function find({ configs, shards, outputs }: SignalDoorDeps, address: SignalAddress): Promise<Waiting | null> {
  const place = parseExecutionId(address.executionId)
  const config = place === null ? null : await configs.get(place.ref)
  if (place === null || config === null) return null
  const { organizationId } = config
  const shard = shards(place.ref, place.shard)
  const found = await shard.read({ organizationId, seq: place.seq })
  if (found === null || 'archived' in found || isTerminalStatus(found.record.status)) return null
  const mark = `"signalId":${JSON.stringify(signalIdOf(address))}`
  if (found.record.journal.some((line) => line.includes(mark))) return null
  const plan = compilePlan(Workflow.parse(JSON.parse(found.release.document)))
  const { state, waits } = await replayWaits(plan, found.record, outputs)
  if (!mayAwait(state, address.name)) return null
  const question = {
    workflow: config.workflowName,
    environment: config.environment,
    signal: address.name,
    choices: choicesOpen(state, address.name, waits),
  }
  return { shard, organizationId, seq: place.seq, question }
}

/** The same for every use of one link: the second use finds the first. */
function signalIdOf({ name }: SignalAddress): string {
  return `link:${name}`
}

async function send(
  deps: SignalDoorDeps,
  request: Request,
  address: SignalAddress,
  { shard, organizationId, seq, question }: Waiting,
): Promise<Response> {
  const read = await readAnswer(request, question.choices)
  if (!read.ok) return refuse(deps, request, read.error)
  const { payload, choice } = read.value
  const { name } = address
  const outcome = await shard.signal({
    organizationId,
    seq,
    name,
    signalId: signalIdOf(address),
    payload: JSON.stringify(payload),
    actor: null,
  })
  if (outcome === 'full') return refuse(deps, request, { code: 'too_many_signals' })
  if (outcome !== 'recorded') return refuse(deps, request, USED)
  if (wantsPage(request)) return thanksPage(choice)
  return Response.json({ status: 'recorded', executionId: address.executionId, signal: name })
}

function wantsPage(request: Request): boolean {
  return request.headers.get('accept')?.includes('text/html') === true
}

function refuse(deps: Pick<SignalDoorDeps, 'requestId'>, request: Request, refusal: Refusal): Response {
  if (!wantsPage(request)) return refusalResponse(refusal, deps.requestId())
  const { status, title, hint } = errorEntry(refusal.code satisfies ErrorCode)
  const page = refusalPage(status, title, refusal.details?.detail ?? hint)
  for (const [name, value] of Object.entries(refusal.headers ?? {})) page.headers.set(name, value)
  return page
}

import type { HttpAnswer, HttpRequest } from '#core/components/context'
import type { EpochMs } from '#core/kernel/time'
import type { Chaos } from './chaos'
import type { Process } from './process'
import type { Random } from './random'
import type { Timeline } from './timeline'

/** One request as the outside world saw it. */
export type Effect = {
  readonly executionId: string
  /** Address of the stage. */
  readonly stage: string
  readonly method: string
  readonly url: string
  readonly body: string
  /** When the runner let it go, whether or not it arrived. */
  readonly sentAt: EpochMs
  readonly from: Process
}

export type Sink = {
  readonly effects: readonly Effect[]
  /** Sends as one process of ours. Never rejects. */
  send(from: Process, request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer>
}

/** The world outside: keeps what arrived, and answers well, badly, late or not at all. */
export function createSink(timeline: Timeline, chaos: Chaos, random: Random): Sink {
  const effects: Effect[] = []

  function keep(from: Process, request: HttpRequest): void {
    const { method, url, headers } = request
    const key = Object.entries(headers).find(([name]) => name.toLowerCase() === 'idempotency-key')?.[1]
    if (key === undefined) return
    const [executionId = '', stage = ''] = key.split(':')
    const body = typeof request.body === 'string' ? request.body : ''
    effects.push({ executionId, stage, method, url, body, sentAt: timeline.now(), from })
  }

  async function send(from: Process, request: HttpRequest, signal?: AbortSignal): Promise<HttpAnswer> {
    const ms = chaos.strikes('effect_slow') ? random.between(1_000, 20_000) : random.between(1, 200)
    const durationMs = Math.min(ms, request.timeoutMs)
    if (chaos.strikes('effect_reset')) {
      await timeline.sleep(durationMs, signal)
      return failed('http_connection_failed', durationMs)
    }
    keep(from, request)
    const hangs = chaos.strikes('effect_hangs') || ms > request.timeoutMs
    await timeline.sleep(hangs ? request.timeoutMs : durationMs, signal)
    if (hangs || signal?.aborted === true) return failed('http_timeout', request.timeoutMs)
    if (chaos.strikes('effect_applied_then_dropped')) return failed('http_connection_failed', durationMs)
    const status = chaos.strikes('effect_500') ? 500 : 200
    const headers = { 'content-type': 'application/json' }
    return { kind: 'response', status, headers, text: '{"ok":true}', durationMs }
  }

  return { effects, send }
}

function failed(code: string, durationMs: number): HttpAnswer {
  return { kind: 'failed', failure: { code, message: code }, durationMs }
}

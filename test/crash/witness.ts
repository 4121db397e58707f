import type { HttpRequest, WebhookResponse } from '#core/components/context'
import type { JournalEvent } from '#core/engine/event'
import type { ExecutionStatus } from '#core/model/execution-status'
import type { Effect } from './scenario'

type Item = { readonly events?: readonly string[] }
type Answer = { readonly kind: string }

/** Sees what passes between the processes and the outside, and keeps what a judge needs of it. */
export class Witness {
  readonly effects: Effect[] = []
  /** What went against a promise while it happened. */
  readonly broken: string[] = []
  /** Every id that a sender was told. */
  readonly ids = new Set<string>()
  readonly answers: ExecutionStatus[] = []
  /** What senders got of a stage that answered them. */
  readonly responses: WebhookResponse[] = []
  indexed: string | null = null
  tookMs = 0
  readonly #completed = new Set<string>()
  #cancelRecorded = false

  get id(): string | null {
    return [...this.ids][0] ?? null
  }

  told(id: string): void {
    this.ids.add(id)
  }

  answered(status: ExecutionStatus, response: WebhookResponse | null): void {
    this.answers.push(status)
    if (response !== null) this.responses.push(response)
  }

  /** A request has reached the outside. */
  arrived({ method, url, headers, body }: HttpRequest): Effect {
    const key = headers['Idempotency-Key'] ?? `${method} ${url}`
    const stage = key.slice(key.indexOf(':') + 1)
    const nth = this.effects.filter((it) => it.key === key).length + 1
    const effect = { key, stage, nth, method, url, body: typeof body === 'string' ? body : JSON.stringify(body) }
    if (this.#completed.has(stage)) this.broken.push(`I4: ${stage} was sent after its completion was journaled`)
    if (this.#cancelRecorded) this.broken.push(`I14: ${stage} was sent after the cancel was recorded`)
    this.effects.push(effect)
    return effect
  }

  /** The shard has answered a call; from then on it is durable, whether or not the answer arrives. */
  heard(method: string, request: unknown, answer: unknown): void {
    if (method === 'cancel' && answer === 'recorded') this.#cancelRecorded = true
    if (!['commit', 'park', 'finish'].includes(method)) return
    const { items } = request as { items: readonly Item[] }
    for (const [n, { events = [] }] of items.entries()) {
      if ((answer as readonly Answer[])[n]?.kind !== 'ok') continue
      for (const line of events) this.#journaled(JSON.parse(line) as JournalEvent)
    }
  }

  #journaled(event: JournalEvent): void {
    if (event.type === 'stage_succeeded') this.#completed.add(event.stage)
    if (event.type === 'attempt_failed' && event.retryAt === undefined) this.#completed.add(event.stage)
  }
}

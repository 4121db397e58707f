import { RpcTarget } from 'cloudflare:workers'
import * as z from 'zod'
import { LOG_LEVELS, type HttpAnswer } from '#core/components/context'
import type { JsonObject } from '#core/kernel/json'
import type { CodeHost } from '../../ports/code-runner'

export const FETCHES_MAX = 100
export const LINES_MAX = 1_000

const Lines = z
  .array(
    z.object({ level: z.enum(LOG_LEVELS), message: z.string(), fields: z.record(z.string(), z.json()).optional() }),
  )
  .max(LINES_MAX)
const Asked = z.object({
  url: z.string(),
  method: z.string(),
  redirect: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
  body: z.instanceof(Uint8Array).nullable(),
})

type Answered =
  | { readonly status: number; readonly headers: [string, string][]; readonly body: string | Uint8Array }
  | { readonly error: { readonly code: string; readonly message: string } }

/** Describe a body as it was sent, which is not how it arrives. */
const WIRE_HEADERS = new Set(['content-encoding', 'content-length', 'transfer-encoding'])

/**
 * All that tenant code can reach of its caller during one call, and nothing after it. Arguments come from tenant code and
 * are parsed as such; policy, redirects, sizes and secrets are the sender's.
 */
export class CodeGate extends RpcTarget {
  readonly #host: CodeHost
  readonly #timeoutMs: number
  readonly #end: AbortSignal
  #fetches = 0
  #lines = 0

  /** `end`: aborts when the call has ended; what its code still asks for is not answered any more. */
  constructor(host: CodeHost, timeoutMs: number, end: AbortSignal) {
    super()
    this.#host = host
    this.#timeoutMs = timeoutMs
    this.#end = end
  }

  /** Resolves when nobody waits for the code any more, so that its isolate can let go of it. */
  over(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#end.aborted) resolve()
      else this.#end.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  /** `lines`: JSON. */
  log(lines: unknown): void {
    if (this.#end.aborted || typeof lines !== 'string') return
    const parsed = Lines.safeParse(JSON.parse(lines))
    if (!parsed.success) return
    for (const { level, message, fields } of parsed.data) {
      if (this.#lines++ < LINES_MAX) this.#host.log(level, message, fields as JsonObject | undefined)
    }
  }

  async fetch(request: unknown): Promise<Answered> {
    const asked = Asked.safeParse(request)
    if (!asked.success) return refused('http_request_invalid', 'This is not a request that can be sent.')
    // Code that tries again whenever it is refused would keep its isolate busy; silence lets it be forgotten.
    if (this.#end.aborted) return new Promise(() => undefined)
    if (this.#fetches++ >= FETCHES_MAX) {
      return refused('code_fetch_limit', `One run of a code stage may send ${FETCHES_MAX} requests.`)
    }
    const { url, method, redirect, headers, body } = asked.data
    return answerOf(
      await this.#host.http({
        url,
        method,
        headers: Object.fromEntries(headers),
        body,
        timeoutMs: this.#timeoutMs,
        followRedirects: redirect === 'follow',
      }),
    )
  }
}

function refused(code: string, message: string): Answered {
  return { error: { code, message } }
}

function answerOf(answer: HttpAnswer): Answered {
  if (answer.kind === 'failed') return refused(answer.failure.code, answer.failure.message)
  const { status, headers, text, binary = false } = answer
  return {
    status,
    headers: Object.entries(headers)
      .filter(([name]) => !WIRE_HEADERS.has(name.toLowerCase()))
      .flatMap(([name, value]) => value.split('\n').map((line): [string, string] => [name, line])),
    body: binary ? Uint8Array.from(atob(text), (char) => char.charCodeAt(0)) : text,
  }
}

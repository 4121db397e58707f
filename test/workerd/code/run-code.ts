import { env, exports } from 'cloudflare:workers'
import type { CodeAnswer } from '#core/components/code-call'
import type { HttpAnswer, HttpRequest } from '#core/components/context'
import type { Json } from '#core/kernel/json'
import { createCodeRunner } from '../../../worker/adapters/loader/code-runner'
import { sleep } from '../../../worker/adapters/timers/sleep'
import type { CodeBundle } from '../../../worker/ports/code-runner'

/** The runner that ships, on the loader and the gateway that ship. */
export const runner = createCodeRunner({
  loader: env.LOADER,
  gatewayOf: ({ organizationId, versionId }) => exports.EgressGateway({ props: { organizationId, versionId } }),
  sleep,
})

let bundles = 0

/** A release of its own with these sources. */
export function bundleOf(sources: Record<string, string>, changes: Partial<CodeBundle> = {}): CodeBundle {
  const n = bundles++
  return {
    organizationId: `org_${n}`,
    versionId: `version_${n}`,
    environment: `sealed-${n}`,
    sources: new Map(Object.entries(sources)),
    ...changes,
  }
}

export type Ran = { answer: CodeAnswer; lines: readonly string[]; sent: readonly HttpRequest[] }

export type Around = {
  stage?: string
  secrets?: Record<string, string>
  timeoutMs?: number
  signal?: AbortSignal
  http?: (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>
}

/** Calls one stage of a release. */
export async function callCode(bundle: CodeBundle, inputs: Json = {}, around: Around = {}): Promise<Ran> {
  const { stage = 'main', secrets = {}, timeoutMs = 30_000, signal = new AbortController().signal } = around
  const lines: string[] = []
  const sent: HttpRequest[] = []
  const answer = await runner(
    {
      bundle,
      source: stage,
      inputs,
      secrets,
      timeoutMs,
      execution: { id: 'exec_1', stage, attempt: 1, idempotencyKey: `exec_1:${stage}` },
    },
    {
      signal,
      log: (level, message, fields) =>
        void lines.push(`${level} ${message}${fields === undefined ? '' : ` ${JSON.stringify(fields)}`}`),
      http: async (request) => {
        sent.push(request)
        if (around.http === undefined) throw new Error('No network in this test')
        return around.http(request)
      },
    },
  )
  return { answer, lines, sent }
}

/** Runs a source once, in a release of its own. */
export function runCode(source: string, inputs?: Json, around?: Around): Promise<Ran> {
  return callCode(bundleOf({ main: source }), inputs, around)
}

/** What a source returned, or a test failure that shows what came instead. */
export async function outputOf(ran: Promise<Ran>): Promise<Json> {
  const { answer } = await ran
  if (answer.kind === 'failed') throw new Error(JSON.stringify(answer.failure))
  return answer.output
}

export async function failureOf(ran: Promise<Ran>) {
  const { answer } = await ran
  if (answer.kind === 'returned') throw new Error(`Returned ${JSON.stringify(answer.output)}`)
  return answer.failure
}

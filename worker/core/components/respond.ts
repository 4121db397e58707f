import * as z from 'zod'
import type { Json } from '../kernel/json'
import { LIMITS } from '../model/limits'
import type { Failure } from '../model/failure'
import { headersField, invalidHeader } from './header-fields'
import { defineComponent, type ConfigFinding } from './define-component'

const OURS = 'It belongs to the connection or to the service.'

type RespondConfig = { status: number; headers?: Record<string, unknown> | undefined; body?: unknown }

// What belongs to the connection, to the browser's trust in our origin, or is ours to say.
const REFUSED_NAMES =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|content-encoding|date|server|set-cookie2?|strict-transport-security|content-security-policy.*|access-control-.*|x-content-type-options|x-frame-options|x-request-id|clear-site-data|service-worker-allowed|alt-svc|nel|report-to|reporting-endpoints|cf-.*|cdn-.*)$/i

function refusedHeader(headers: Readonly<Record<string, unknown>>): string | null {
  return Object.keys(headers).find((name) => REFUSED_NAMES.test(name)) ?? null
}

function checkHeaders({ headers }: Readonly<Record<string, unknown>>): readonly ConfigFinding[] {
  if (typeof headers !== 'object' || headers === null) return []
  return Object.keys(headers)
    .filter((name) => REFUSED_NAMES.test(name))
    .map((name) => ({
      pointer: `/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      code: 'header_refused',
      message: `An answer may not set ${name}`,
      hint: OURS,
    }))
}

function failed(failure: Failure) {
  return { kind: 'failed', failure } as const
}

export const respond = defineComponent({
  type: 'respond',
  title: 'Respond',
  description: 'Answers whoever called the webhook, while the execution goes on.',
  kind: 'task',
  config: (t): z.ZodType<RespondConfig> =>
    z.strictObject({
      status: t(z.int().min(200).max(599).meta({ title: 'Status', description: 'HTTP status of the answer.' })).default(
        200,
      ),
      headers: headersField('Headers of the answer.'),
      body: z.unknown().optional().meta({
        title: 'Body',
        description: 'Text is sent as it is, anything else as JSON; absent = an empty body.',
      }),
    }) as z.ZodType<RespondConfig>,
  safety: () => 'unsafe',
  check: checkHeaders,
  run: ({ status, headers: written = {}, body }, ctx) => {
    const headers = Object.fromEntries(Object.entries(written).map(([name, value]) => [name, String(value)]))
    const refused = refusedHeader(headers)
    if (refused !== null) {
      return failed({ code: 'header_refused', message: `An answer may not set the header ${refused}.`, hint: OURS })
    }
    const invalid = invalidHeader(headers)
    if (invalid !== null) {
      const message = `The value of the header ${invalid} holds characters that no header may.`
      return failed({ code: 'header_invalid', message, hint: 'Take out line breaks; encode what is not Latin-1.' })
    }
    const chars = body === undefined ? 0 : JSON.stringify(body).length
    if (chars > LIMITS.outputInlineBytesMax) {
      const message = `The body is ${chars} characters long; ${LIMITS.outputInlineBytesMax} are allowed.`
      return failed({ code: 'response_too_large', message, hint: 'Answer with less, or with where to find the rest.' })
    }
    if (!ctx.mayRespond()) return { kind: 'completed', output: { sent: false } }
    const response = { status, headers, body: (body ?? null) as Json }
    return { kind: 'completed', output: { sent: true }, response }
  },
})

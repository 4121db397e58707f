import type { WebhookResponse } from '#core/components/context'
import type { Completion } from '../../ports/ingress'
import { DOOR_HEADERS } from './refusal'

type HeaderFields = Readonly<Record<string, string>>

/** `immediate` (S24). Execution ids need no escaping. */
export function acceptedResponse(executionId: string, headers: HeaderFields): Response {
  return json(
    200,
    `{"status":"accepted","executionId":"${executionId}","message":"Workflow triggered successfully"}`,
    headers,
  )
}

/** What a provider asked to hear before it uses an address; nothing was started. */
export function handshakeResponse(answer: string, headers: HeaderFields): Response {
  return new Response(answer, { headers: { ...DOOR_HEADERS, 'content-type': 'text/plain; charset=utf-8', ...headers } })
}

/** `lastNode` (S25): the output, or that it failed without telling the sender where, or that the time was over. */
export function completedResponse(executionId: string, completion: Completion, headers: HeaderFields): Response {
  const { status, result, response } = completion
  if (response !== null) return writtenResponse(response, headers)
  if (status === 'completed') {
    return json(200, JSON.stringify({ status, executionId, data: result?.output ?? null }), headers)
  }
  if (status === 'failed' || status === 'cancelled') {
    // What a stage called or threw is for the owner: a sender may be anybody.
    const error = {
      code: result?.error?.code ?? `execution_${status}`,
      message: `The execution ${status === 'failed' ? 'failed' : 'was cancelled'}. Its owner finds why under its id.`,
    }
    return json(500, JSON.stringify({ status: 'failed', executionId, error }), headers)
  }
  return json(504, JSON.stringify({ status: 'timed_out', executionId }), headers)
}

const WITHOUT_BODY = [204, 205, 304]

/** What a `respond` stage said; text as it is, all else as JSON. Our own headers stay: it is never run as a page of ours. */
function writtenResponse({ status, headers: written, body }: WebhookResponse, extra: HeaderFields): Response {
  const isEmpty = body === null || WITHOUT_BODY.includes(status)
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json'
  const headers = new Headers(isEmpty ? {} : { 'content-type': type })
  for (const fields of [written, DOOR_HEADERS, extra]) {
    for (const [name, value] of Object.entries(fields)) headers.set(name, value)
  }
  return new Response(isEmpty ? null : text, { status, headers })
}

const JSON_HEADERS = new Headers({ ...DOOR_HEADERS, 'content-type': 'application/json' })

/** Made for every accepted call: the usual headers are built once and copied natively. */
function json(status: number, body: string, extra: HeaderFields): Response {
  const response = new Response(body, { status, headers: JSON_HEADERS })
  for (const [name, value] of Object.entries(extra)) response.headers.set(name, value)
  return response
}

import type { ExecutionStatus } from '#core/model/execution-status'
import type { ExecutionResult } from '#core/shard/result'
import { DOOR_HEADERS } from './refusal'

type Ended = { readonly status: ExecutionStatus; readonly result: ExecutionResult | null }
type HeaderFields = Readonly<Record<string, string>>

/** `immediate` (S24). Execution ids need no escaping. */
export function acceptedResponse(executionId: string, headers: HeaderFields): Response {
  return json(
    200,
    `{"status":"accepted","executionId":"${executionId}","message":"Workflow triggered successfully"}`,
    headers,
  )
}

/** `lastNode` (S25): the output, or that it failed without telling the sender where, or that the time was over. */
export function completedResponse(executionId: string, { status, result }: Ended, headers: HeaderFields): Response {
  if (status === 'completed') {
    return json(200, JSON.stringify({ status, executionId, data: result?.output ?? null }), headers)
  }
  if (status === 'failed' || status === 'cancelled') {
    const error = {
      code: result?.error?.code ?? `execution_${status}`,
      message: result?.error?.message ?? `The execution was ${status === 'failed' ? 'not completed' : 'cancelled'}.`,
    }
    return json(500, JSON.stringify({ status: 'failed', executionId, error }), headers)
  }
  return json(504, JSON.stringify({ status: 'timed_out', executionId }), headers)
}

const JSON_HEADERS = new Headers({ ...DOOR_HEADERS, 'content-type': 'application/json' })

/** Made for every accepted call: the usual headers are built once and copied natively. */
function json(status: number, body: string, extra: HeaderFields): Response {
  const response = new Response(body, { status, headers: JSON_HEADERS })
  for (const [name, value] of Object.entries(extra)) response.headers.set(name, value)
  return response
}

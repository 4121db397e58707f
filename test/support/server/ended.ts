import { vi } from 'vitest'
import type { Caller } from './caller'

const LIVE = new Set(['pending', 'running', 'waiting'])

/** Asks for an execution until it is over, at most `timeoutMs`, and answers it. */
export async function ended(call: Caller, executionId: string, timeoutMs = 60_000) {
  const read = async () => {
    const { status, body, text } = await call('GET', `/v1/executions/${executionId}`)
    if (status !== 200 || LIVE.has(body.status)) throw new Error(`${executionId} is not over: ${text}`)
    return body
  }
  return vi.waitFor(read, { timeout: timeoutMs, interval: 50 })
}

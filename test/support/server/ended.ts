import { vi } from 'vitest'
import type { Caller } from './caller'

const LIVE = new Set(['pending', 'running', 'waiting'])

/** Asks for an execution until it is over, and answers it. */
export async function ended(call: Caller, executionId: string) {
  const read = async () => {
    const { status, body, text } = await call('GET', `/v1/executions/${executionId}`)
    if (status !== 200 || LIVE.has(body.status)) throw new Error(`${executionId} is not over: ${text}`)
    return body
  }
  return vi.waitFor(read, { timeout: 60_000, interval: 50 })
}

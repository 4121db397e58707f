import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { caller } from './caller'

const AGAIN_AFTER_MS = 200

/** What became of a call: the execution it was told, and how often it had to be sent for that. */
export type Poured = { readonly executionId: string; readonly sends: number }

/**
 * After `delayMs`, calls a webhook with a key of its own until it is accepted, over any number of refused connections, broken answers and
 * 5xx. Rejects with an answer below 500 that is no acceptance: those may not be repeated.
 */
export async function pour(url: string, hook: string, body: object, delayMs: number): Promise<Poured> {
  await pause(delayMs)
  const headers = { 'idempotency-key': randomUUID() }
  const call = caller(url)
  for (let sends = 1; ; sends++) {
    const answer = await call('POST', hook, body, headers).catch(() => null)
    if (answer?.status === 200) return { executionId: answer.body.executionId as string, sends }
    if (answer !== null && answer.status < 500) throw new Error(`${answer.status} ${answer.text}`)
    await pause(AGAIN_AFTER_MS)
  }
}

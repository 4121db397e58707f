import type { JsonObject } from '#core/kernel/json'
import { setOwn } from '#core/kernel/set-own'
import { formatSignalToken } from '#core/release/signal-token'
import type { Mac } from '#core/release/webhook-token'
import type { RunnerDeps } from './runner/runner-deps'

/**
 * Makes the links that send an execution's signals. They live as long as the execution may, and come out the same whenever
 * they are asked for. Without a public address of the service they are paths.
 */
export function createSignalLinks(mac: Mac, publicUrl: string): RunnerDeps['signalLinks'] {
  const origin = publicUrl.replace(/\/+$/, '')
  return async ({ id, deadlineAt }, names) => {
    const links: JsonObject = {}
    for (const name of names) {
      const token = await formatSignalToken(mac, { executionId: id, name, expiresAt: deadlineAt })
      setOwn(links, name, `${origin}/signal/${token}`)
    }
    return links
  }
}

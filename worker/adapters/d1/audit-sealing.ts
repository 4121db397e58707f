import { waitUntil } from 'cloudflare:workers'
import { describeError } from '../log/describe-error'
import { report } from '../log/report'

/** After this long a seal counts as lost with the request that carried it. */
const LOST_AFTER_MS = 10_000

type Sealing = { readonly startedAt: number; isAskedAgain: boolean }

const running = new Map<string, Sealing>()

/**
 * Seals an organization's new entries after the answer. Entries written while a seal runs share the next one, so that many
 * writers at once cost a few seals, not one each. What a lost seal leaves is sealed by the next writer or reader.
 */
export function sealBehind(organizationId: string, seal: () => Promise<unknown>): void {
  const before = running.get(organizationId)
  if (before !== undefined && Date.now() - before.startedAt < LOST_AFTER_MS) {
    before.isAskedAgain = true
    return
  }
  const own = { startedAt: Date.now(), isAskedAgain: false }
  running.set(organizationId, own)
  waitUntil(sealUntilQuiet(organizationId, own, seal))
}

async function sealUntilQuiet(organizationId: string, own: Sealing, seal: () => Promise<unknown>): Promise<void> {
  try {
    do {
      own.isAskedAgain = false
      await seal()
    } while (own.isAskedAgain)
  } catch (error) {
    report('audit_unsealed', { organizationId, error: describeError(error) })
  } finally {
    if (running.get(organizationId) === own) running.delete(organizationId)
  }
}

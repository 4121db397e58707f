import { type Mac, parseWebhookToken, type WebhookAddress } from '#core/release/webhook-token'
import { BoundedCache } from './bounded-cache'

const TOKENS_MAX = 10_000
const PREFIX = '/webhook/'

/** What a path names, or null when it is no webhook's; those met before are known by heart. */
export function createAddressBook(mac: Mac): (path: string) => Promise<WebhookAddress | null> {
  const known = new BoundedCache<WebhookAddress>(TOKENS_MAX)
  return async (path) => {
    const cached = known.get(path)
    if (cached !== undefined) return cached
    const address = await parseWebhookToken(mac, tokenIn(path))
    if (address !== null) known.set(path, address)
    return address
  }
}

/** Whoever knows it may call. */
export function tokenIn(path: string): string {
  return path.startsWith(PREFIX) ? path.slice(PREFIX.length) : ''
}

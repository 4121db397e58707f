import { createHmac } from 'node:crypto'
import { decodeBase32 } from '#core/kernel/base32'

/** What an authenticator shows now, worked out apart from the service. */
export function codeOf(secret: string): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac('sha1', Buffer.from(decodeBase32(secret)))
    .update(counter)
    .digest()
  return String((mac.readUInt32BE((mac.at(-1) ?? 0) % 16) % 2 ** 31) % 1_000_000).padStart(6, '0')
}

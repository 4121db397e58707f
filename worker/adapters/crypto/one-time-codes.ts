import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { decodeBase32 } from '#core/kernel/base32'
import type { OneTimeCodes } from '../../ports/one-time-codes'

const DIGITS = 6

/** HOTP over a counter (RFC 4226), which RFC 6238 calls with a time step. */
export const oneTimeCodes: OneTimeCodes = {
  codeAt(secret, step) {
    const counter = Buffer.alloc(8)
    counter.writeBigUInt64BE(BigInt(step))
    const mac = createHmac('sha1', decodeBase32(secret)).update(counter).digest()
    const offset = (mac.at(-1) ?? 0) & 15
    return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** DIGITS).padStart(DIGITS, '0')
  },
}

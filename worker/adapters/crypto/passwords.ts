import { Buffer } from 'node:buffer'
import { scryptSync, timingSafeEqual } from 'node:crypto'
import type { RandomBytes } from '#core/kernel/id'
import type { Passwords } from '../../ports/passwords'

/** Cost of one hash. The platform refuses N·r·p above 2^20 in production, and nowhere else. */
export const SCRYPT = { N: 16_384, r: 8, p: 5 } as const

/** What every text made now begins with. */
const PREFIX = `$scrypt$ln=${Math.log2(SCRYPT.N)},r=${SCRYPT.r},p=${SCRYPT.p}$`
const SALT_BYTES = 16
const HASH_BYTES = 32
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

type Cost = { readonly N: number; readonly r: number; readonly p: number }
type Stored = { readonly cost: Cost; readonly salt: Uint8Array; readonly hash: Uint8Array }

/** What is asked of the password of an account that does not exist, so that it costs as much. */
const NOBODY: Stored = { cost: SCRYPT, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) }

/** Passwords as scrypt PHC strings (`$scrypt$ln=14,r=8,p=5$salt$hash`); each carries the cost it was made with. */
export function createPasswords(randomBytes: RandomBytes): Passwords {
  return {
    hash(password) {
      const salt = Buffer.from(randomBytes(SALT_BYTES))
      return `${PREFIX}${unpadded(salt)}$${unpadded(derive(password, salt, SCRYPT))}`
    },
    verify(password, stored) {
      const parsed = parse(stored)
      const { cost, salt, hash } = parsed ?? NOBODY
      const isSame = timingSafeEqual(derive(password, salt, cost), hash)
      return isSame && parsed !== null
    },
    isOutdated: (stored) => !stored.startsWith(PREFIX),
  }
}

/** Null for a text that is no hash of ours. */
function parse(stored: string): Stored | null {
  const [, ln = '', r = '', p = '', salt = '', text = ''] = PHC.exec(stored) ?? []
  const hash = Buffer.from(text, 'base64')
  if (hash.length !== HASH_BYTES) return null
  return { cost: { N: 2 ** Number(ln), r: Number(r), p: Number(p) }, salt: Buffer.from(salt, 'base64'), hash }
}

function derive(password: string, salt: Uint8Array, cost: Cost): Uint8Array {
  return scryptSync(password.normalize('NFKC'), salt, HASH_BYTES, { ...cost, maxmem: 64 * 1024 * 1024 })
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '')
}

import { Buffer } from 'node:buffer'
import { scryptSync, timingSafeEqual } from 'node:crypto'
import type { RandomBytes } from '#core/kernel/id'
import type { Passwords } from '../../ports/passwords'

/** Cost of one hash. The platform refuses N·r·p above 2^20 in production, and nowhere else. */
export const SCRYPT = { N: 16_384, r: 8, p: 5 } as const

const SALT_BYTES = 16
const HASH_BYTES = 32
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

type Cost = { readonly N: number; readonly r: number; readonly p: number }

/** Passwords as scrypt PHC strings (`$scrypt$ln=14,r=8,p=5$salt$hash`); each carries the cost it was made with. */
export function createPasswords(randomBytes: RandomBytes): Passwords {
  return {
    hash(password) {
      const salt = Buffer.from(randomBytes(SALT_BYTES))
      const cost = `ln=${Math.log2(SCRYPT.N)},r=${SCRYPT.r},p=${SCRYPT.p}`
      return `$scrypt$${cost}$${unpadded(salt)}$${unpadded(derive(password, salt, SCRYPT))}`
    },
    verify(password, stored) {
      const [, ln = '', r = '', p = '', salt = '', hash = ''] = PHC.exec(stored) ?? []
      if (hash === '') {
        derive(password, Buffer.alloc(SALT_BYTES), SCRYPT)
        return false
      }
      const expected = Buffer.from(hash, 'base64')
      const given = derive(password, Buffer.from(salt, 'base64'), { N: 2 ** Number(ln), r: Number(r), p: Number(p) })
      return given.length === expected.length && timingSafeEqual(given, expected)
    },
  }
}

function derive(password: string, salt: Uint8Array, cost: Cost): Uint8Array {
  return scryptSync(password.normalize('NFKC'), salt, HASH_BYTES, { ...cost, maxmem: 64 * 1024 * 1024 })
}

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '')
}

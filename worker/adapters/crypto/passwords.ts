import { Buffer } from 'node:buffer'
import { scryptSync, timingSafeEqual } from 'node:crypto'
import type { RandomBytes } from '#core/kernel/id'
import type { Passwords } from '../../ports/passwords'
import { AppError } from '../../services/app-error'
import { createHashingTurns, type HashingTurnsDeps } from './hashing-turns'
import { scrypt, type ScryptCost } from './scrypt'

type PasswordsDeps = HashingTurnsDeps & { readonly randomBytes: RandomBytes }

/** Cost of one hash. The platform refuses N·r·p above 2^20 in production, and nowhere else. */
export const SCRYPT = { N: 16_384, r: 8, p: 5 } as const

/** What every text made now begins with. */
const PREFIX = `$scrypt$ln=${Math.log2(SCRYPT.N)},r=${SCRYPT.r},p=${SCRYPT.p}$`
const SALT_BYTES = 16
const HASH_BYTES = 32
const RETRY_AFTER_SECONDS = 60
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

type Stored = { readonly cost: ScryptCost; readonly salt: Uint8Array; readonly hash: Uint8Array }

/** What is asked of the password of an account that does not exist, so that it costs as much. */
const NOBODY: Stored = { cost: SCRYPT, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) }

/** Passwords as scrypt PHC strings (`$scrypt$ln=14,r=8,p=5$salt$hash`); each carries the cost it was made with. */
export function createPasswords(deps: PasswordsDeps): Passwords {
  const takeTurn = createHashingTurns(deps)

  async function derive(password: string, salt: Uint8Array, cost: ScryptCost): Promise<Uint8Array> {
    const turn = await takeTurn()
    if (turn === null) throw new AppError('rate_limited', { retryAfterSeconds: RETRY_AFTER_SECONDS })
    try {
      const text = password.normalize('NFKC')
      if (turn.isAlone) return scryptSync(text, salt, HASH_BYTES, { ...cost, maxmem: 64 * 1024 * 1024 })
      return await scrypt({ password: text, salt, cost, length: HASH_BYTES }, turn.rest)
    } finally {
      turn.leave()
    }
  }

  return {
    async hash(password) {
      const salt = Buffer.from(deps.randomBytes(SALT_BYTES))
      return `${PREFIX}${unpadded(salt)}$${unpadded(await derive(password, salt, SCRYPT))}`
    },
    async verify(password, stored) {
      const parsed = parse(stored)
      const { cost, salt, hash } = parsed ?? NOBODY
      const isSame = timingSafeEqual(await derive(password, salt, cost), hash)
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

function unpadded(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('=', '')
}

import { Buffer } from 'node:buffer'
import type { KeyCustodian } from '../../ports/key-custodian'
import { keysGone } from './keys-gone'
import { type KeyRing, parseKeyRing, rewrapRing } from './key-ring'
import type { MasterKeys } from './master-keys'
import type { RingCache, RingDeps } from './ring-cache'

/** Looks after the rings that a cache reads. */
export function createKeyCustodian({ masters, rings, clock }: RingDeps, ringOf: RingCache): KeyCustodian {
  async function isReplaced(organizationId: string, text: string): Promise<boolean> {
    const stored = await rings.read(organizationId)
    if (stored === null) return rings.create(organizationId, text, masters.newest)
    if (parseKeyRing(stored.text).shreddedAt !== undefined) return true
    return rings.replace(organizationId, text, masters.newest, stored.mark)
  }

  return {
    async fingerprint(organizationId, ...text) {
      const [oldest] = (await ringOf(organizationId, 'make')).keys ?? []
      if (oldest === undefined) throw keysGone(organizationId)
      const root = await hmac(oldest.bytes, 'millrace|fingerprint')
      return Buffer.from(await hmac(root, JSON.stringify(text)))
        .toString('hex')
        .slice(0, 8)
    },
    async rewrap(organizationId) {
      const stored = await rings.read(organizationId)
      const ring = stored === null ? null : parseKeyRing(stored.text)
      if (stored === null || ring === null || isCurrent(ring, masters)) return 'current'
      const next = await rewrapRing(masters, organizationId, ring)
      if (next === null) return 'unreadable'
      const isDone = await rings.replace(organizationId, JSON.stringify(next), masters.newest, stored.mark)
      return isDone ? 'rewrapped' : 'changed'
    },
    async shred(organizationId) {
      const gone = JSON.stringify({ v: 1, keys: [], shreddedAt: clock() } satisfies KeyRing)
      while (!(await isReplaced(organizationId, gone)));
      await ringOf(organizationId, 'again')
    },
  }
}

function isCurrent(ring: KeyRing, masters: MasterKeys): boolean {
  return ring.keys.every(({ master }) => master === masters.newest)
}

async function hmac(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', imported, Buffer.from(text, 'utf8')))
}

import type { Clock } from '#core/kernel/time'
import type { KeyRings, StoredRing } from '../../ports/key-rings'
import { importAesKey } from './aes-gcm'
import { type KeyRing, newRing, parseKeyRing, unwrap } from './key-ring'
import type { MasterKeys } from './master-keys'

/** How long an isolate may go on with the keys it has read: so long a shredded key may still open something. */
const RING_MS_MAX = 60_000
const RINGS_MAX = 5_000

export type DataKey = { readonly id: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly key: CryptoKey }

/** Unwrapped keys, the newest last, without those whose master key is unknown; null = there are none, or they were shredded. */
type OpenRing = { readonly keys: readonly DataKey[] | null; readonly readAt: number }

export type RingDeps = { readonly masters: MasterKeys; readonly rings: KeyRings; readonly clock: Clock }

export type RingCache = (organizationId: string, wish: Wish) => Promise<OpenRing>

type Wish = 'read' | 'again' | 'make'

/** Rings as they were read at most a minute ago; `again` reads anew, `make` makes one where there is none. */
export function createRingCache({ masters, rings, clock }: RingDeps): RingCache {
  const known = new Map<string, Promise<OpenRing>>()

  async function read(organizationId: string, mayMake: boolean): Promise<OpenRing> {
    const readAt = clock()
    let stored: Pick<StoredRing, 'text'> | null = await rings.read(organizationId)
    if (stored === null && mayMake) {
      const text = JSON.stringify(await newRing(masters, organizationId, readAt))
      // Whoever was first, its keys are the ones.
      stored = (await rings.create(organizationId, text, masters.newest)) ? { text } : await rings.read(organizationId)
    }
    const ring = stored === null ? null : parseKeyRing(stored.text)
    if (ring === null || ring.shreddedAt !== undefined) return { keys: null, readAt }
    const keys = await Promise.all(ring.keys.map((key) => openKey(masters, organizationId, key)))
    return { keys: keys.filter((key) => key !== null), readAt }
  }

  function remember(organizationId: string, reading: Promise<OpenRing>): Promise<OpenRing> {
    if (known.size >= RINGS_MAX) known.delete(known.keys().next().value ?? '')
    known.set(organizationId, reading)
    reading.catch(() => known.delete(organizationId))
    return reading
  }

  return async (organizationId, wish) => {
    const before = await known.get(organizationId)
    const isFresh = before !== undefined && clock() - before.readAt < RING_MS_MAX
    const isEnough = wish !== 'make' || (before?.keys ?? null) !== null
    if (before !== undefined && isFresh && isEnough && wish !== 'again') return before
    return remember(organizationId, read(organizationId, wish === 'make'))
  }
}

async function openKey(
  masters: MasterKeys,
  organizationId: string,
  key: KeyRing['keys'][number],
): Promise<DataKey | null> {
  const bytes = await unwrap(masters, organizationId, key)
  return bytes === null ? null : { id: key.id, bytes, key: await importAesKey(bytes) }
}

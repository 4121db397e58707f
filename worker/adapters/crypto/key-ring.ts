import { Buffer } from 'node:buffer'
import * as z from 'zod'
import { importAesKey, openBytes, sealBytes } from './aes-gcm'
import type { MasterKeys } from './master-keys'

/** Data keys of one organization, the newest last. Without a key it was shredded, and never gets one again. */
const KeyRing = z.object({
  v: z.literal(1),
  keys: z.array(z.object({ id: z.string(), master: z.int(), wrapped: z.string(), createdAt: z.int() })),
  shreddedAt: z.int().optional(),
})
export type KeyRing = z.output<typeof KeyRing>

const KEY_BYTES = 32

export function parseKeyRing(text: string): KeyRing {
  return KeyRing.parse(JSON.parse(text))
}

/** What a wrapped key is bound to: moved to another organization it does not open. */
function bound(organizationId: string, id: string, master: number): string {
  return `millrace|data-key|${organizationId}|${id}|${master}`
}

async function masterKey(masters: MasterKeys, version: number): Promise<CryptoKey | null> {
  const bytes = masters.byVersion.get(version)
  return bytes === undefined ? null : importAesKey(bytes)
}

/** A key under the newest master key. */
async function wrap(
  masters: MasterKeys,
  organizationId: string,
  key: { readonly id: string; readonly bytes: Uint8Array<ArrayBuffer>; readonly createdAt: number },
): Promise<KeyRing['keys'][number]> {
  const master = await masterKey(masters, masters.newest)
  if (master === null) throw new Error(`There is no master key ${masters.newest}`)
  const wrapped = await sealBytes(master, bound(organizationId, key.id, masters.newest), key.bytes)
  return { id: key.id, master: masters.newest, wrapped, createdAt: key.createdAt }
}

/** The bytes of a data key; null when its master key is unknown or it was tampered with. */
export async function unwrap(
  masters: MasterKeys,
  organizationId: string,
  { id, master, wrapped }: KeyRing['keys'][number],
): Promise<Uint8Array<ArrayBuffer> | null> {
  const key = await masterKey(masters, master)
  return key === null ? null : openBytes(key, bound(organizationId, id, master), wrapped)
}

/** A ring with one fresh key. */
export async function newRing(masters: MasterKeys, organizationId: string, now: number): Promise<KeyRing> {
  const id = `dk_${Buffer.from(crypto.getRandomValues(new Uint8Array(9))).toString('base64url')}`
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
  return { v: 1, keys: [await wrap(masters, organizationId, { id, bytes, createdAt: now })] }
}

/** The same keys under the newest master key; null when one of them cannot be unwrapped. */
export async function rewrapRing(masters: MasterKeys, organizationId: string, ring: KeyRing): Promise<KeyRing | null> {
  const keys: KeyRing['keys'] = []
  for (const key of ring.keys) {
    const bytes = key.master === masters.newest ? null : await unwrap(masters, organizationId, key)
    if (bytes === null && key.master !== masters.newest) return null
    keys.push(bytes === null ? key : await wrap(masters, organizationId, { ...key, bytes }))
  }
  return { ...ring, keys }
}

import { Buffer } from 'node:buffer'
import type { KeyCustodian } from '../../ports/key-custodian'
import type { Vault } from '../../ports/vault'
import { openBytes, sealBytes } from './aes-gcm'
import { createKeyCustodian } from './key-custodian'
import { keysGone } from './keys-gone'
import { createRingCache, type DataKey, type RingDeps } from './ring-cache'
import { createDirectVault, DIRECT } from './vault'

const ENVELOPE = 'v2.'

/**
 * Seals under a data key of the organization that a purpose names (`<kind>|<organization>|…`), which is wrapped by a master
 * key. Ciphertexts read `v2.<data key>.<iv>.<ciphertext and tag>` and are bound to organization, data key and purpose. Rejects
 * when the rings cannot be reached; what cannot be opened at all is null.
 */
export function createEnvelopeVault(deps: RingDeps): Vault & KeyCustodian {
  const ringOf = createRingCache(deps)
  const oldest = deps.masters.byVersion.get(1)
  const direct = oldest === undefined ? null : createDirectVault(oldest)

  async function newestKey(organizationId: string): Promise<DataKey> {
    const newest = (await ringOf(organizationId, 'make')).keys?.at(-1)
    if (newest === undefined) throw keysGone(organizationId)
    return newest
  }

  async function knownKey(organizationId: string, id: string): Promise<DataKey | null> {
    const find = async (wish: 'read' | 'again') =>
      (await ringOf(organizationId, wish)).keys?.find((key) => key.id === id) ?? null
    return (await find('read')) ?? (await find('again'))
  }

  return {
    ...createKeyCustodian(deps, ringOf),
    async seal(purpose, plaintext) {
      const { id, key } = await newestKey(organizationOf(purpose))
      const text = new Uint8Array(Buffer.from(plaintext, 'utf8'))
      return `${ENVELOPE}${id}.${await sealBytes(key, bound(purpose, id), text)}`
    },
    async open(purpose, ciphertext) {
      if (ciphertext.startsWith(DIRECT)) return direct === null ? null : direct.open(purpose, ciphertext)
      if (!ciphertext.startsWith(ENVELOPE)) return null
      const [, id = '', ...sealed] = ciphertext.split('.')
      const found = await knownKey(organizationOf(purpose), id)
      const opened = found === null ? null : await openBytes(found.key, bound(purpose, id), sealed.join('.'))
      return opened === null ? null : Buffer.from(opened).toString('utf8')
    },
  }
}

function organizationOf(purpose: string): string {
  return purpose.split('|')[1] ?? ''
}

function bound(purpose: string, dataKey: string): string {
  return `millrace|v2|${organizationOf(purpose)}|${dataKey}|${purpose}`
}

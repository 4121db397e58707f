import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { createEnvelopeVault } from '../../../worker/adapters/crypto/envelope-vault'
import { parseMasterKeys } from '../../../worker/adapters/crypto/master-keys'
import { createVault } from '../../../worker/adapters/crypto/vault'
import { createKeyRings } from '../../../worker/adapters/r2/key-rings'
import type { KeyRings } from '../../../worker/ports/key-rings'
import { CANARY } from './canary'

/** Sealed by another implementation under the master key itself, as it was done before organizations had keys. */
const SEALED_BEFORE = 'v1.e2M8Q8hhRWhVL+IC.emKgnmS4trU/bTvju1S9RDmcqI1KJeWxgq4ef/nlTpg3dlpuoit/aUzigDDk'

const key = (letter: string) => btoa(letter.repeat(32))
const FIRST = `1:${key('m')}`
const SECOND = `2:${key('n')}`
const rings = createKeyRings(env.BUCKET)

/** A vault in an isolate of its own. */
const vaultUnder = (masterKeys: string, changes: Partial<KeyRings> = {}, clock: () => number = Date.now) =>
  createEnvelopeVault({ masters: parseMasterKeys('', masterKeys), rings: { ...rings, ...changes }, clock })

const newOrganization = () => `org_${crypto.randomUUID()}`
const place = (organizationId: string, name = 'TOKEN') => `secret|${organizationId}|env_1|${name}`

describe('what is sealed for an organization', () => {
  it('opens in every isolate, for the purpose it was sealed for', async () => {
    const purpose = place(newOrganization())
    for (const text of ['', CANARY, 'x'.repeat(100_000)]) {
      const sealed = await vaultUnder(FIRST).seal(purpose, text)
      expect(sealed).toMatch(/^v2\.dk_[\w-]{12}\.[\w+/=]{16}\.[\w+/=]+$/)
      expect(await vaultUnder(FIRST).open(purpose, sealed)).toBe(text)
    }
  })

  it('opens for no other purpose, organization, data key or master key, and not when it is damaged (S-04)', async () => {
    const [own, other] = [newOrganization(), newOrganization()]
    const vault = vaultUnder(FIRST)
    const sealed = await vault.seal(place(own), CANARY)
    const [version, id = '', iv = '', text = ''] = sealed.split('.')
    const [, otherId] = (await vault.seal(place(other), CANARY)).split('.')
    const [, , otherIv] = (await vault.seal(place(own), CANARY)).split('.')
    expect(await vault.open(place(own, 'OTHER'), sealed)).toBeNull()
    expect(await vault.open(place(other), sealed)).toBeNull()
    expect(await vaultUnder(`1:${key('x')}`).open(place(own), sealed)).toBeNull()
    const flipped = (text.startsWith('A') ? 'B' : 'A') + text.slice(1)
    const parts = [
      [version, otherId, iv, text],
      [version, id, otherIv, text],
      [version, id, iv, flipped],
      ['v3', id, iv, text],
      ['v1', iv, text],
      [version, id, iv],
      [version],
    ]
    for (const damaged of parts) expect(await vault.open(place(own), damaged.join('.')), damaged.join('.')).toBeNull()
  })

  it('a ring that was put in the place of another opens nothing', async () => {
    const [own, other] = [newOrganization(), newOrganization()]
    const sealed = await vaultUnder(FIRST).seal(place(own), CANARY)
    await vaultUnder(FIRST).seal(place(other), CANARY)
    const swapped = { read: () => rings.read(other) }
    expect(await vaultUnder(FIRST, swapped).open(place(own), sealed)).toBeNull()
  })

  it('opens although it was sealed before organizations had keys', async () => {
    const purpose = 'secret|org_fixture|env_fixture|API_TOKEN'
    expect(await vaultUnder(FIRST).open(purpose, SEALED_BEFORE)).toBe(CANARY)
    expect(await vaultUnder(`${SECOND},${FIRST}`).open(purpose, SEALED_BEFORE)).toBe(CANARY)
    expect(await vaultUnder(FIRST).open(`${purpose}2`, SEALED_BEFORE)).toBeNull()
    expect(await vaultUnder(SECOND).open(purpose, SEALED_BEFORE)).toBeNull()
    const direct = await createVault(key('m')).seal(purpose, 'as it was')
    expect(await vaultUnder(FIRST).open(purpose, direct)).toBe('as it was')
  })

  it('gets one key, however many isolates seal for the first time at once', async () => {
    const purpose = place(newOrganization())
    const sealed = await Promise.all(Array.from({ length: 20 }, (_, i) => vaultUnder(FIRST).seal(purpose, `${i}`)))
    expect(new Set(sealed.map((text) => text.split('.')[1])).size).toBe(1)
    const reader = vaultUnder(FIRST)
    expect(await Promise.all(sealed.map((text) => reader.open(purpose, text)))).toEqual(sealed.map((_, i) => `${i}`))
  })

  it('is not given up when its key cannot be read now', async () => {
    const purpose = place(newOrganization())
    const sealed = await vaultUnder(FIRST).seal(purpose, CANARY)
    const down = { read: () => Promise.reject(new Error('R2 is not there')) }
    await expect(vaultUnder(FIRST, down).open(purpose, sealed)).rejects.toThrow('R2 is not there')
  })

  it('asks for its key once a minute at most', async () => {
    const purpose = place(newOrganization())
    let [reads, now] = [0, 1_000_000]
    const counting: Partial<KeyRings> = {
      read: (owner) => {
        reads++
        return rings.read(owner)
      },
    }
    const vault = vaultUnder(FIRST, counting, () => now)
    const sealed = await vault.seal(purpose, CANARY)
    reads = 0
    for (let n = 0; n < 100; n++) await vault.open(purpose, sealed)
    expect(reads).toBe(0)
    now += 60_000
    await vault.open(purpose, sealed)
    expect(reads).toBe(1)
  })
})

describe('a new master key', () => {
  it('wraps the keys anew and leaves what they sealed alone; the old one is not needed any more', async () => {
    const organizationId = newOrganization()
    const purpose = place(organizationId)
    const sealed = await vaultUnder(FIRST).seal(purpose, CANARY)
    const both = vaultUnder(`${SECOND},${FIRST}`)
    expect(await both.open(purpose, sealed)).toBe(CANARY)
    expect(await vaultUnder(SECOND).open(purpose, sealed)).toBeNull()
    expect(await both.rewrap(organizationId)).toBe('rewrapped')
    expect(await both.rewrap(organizationId)).toBe('current')
    expect(await vaultUnder(SECOND).open(purpose, sealed)).toBe(CANARY)
    expect(await vaultUnder(FIRST).open(purpose, sealed)).toBeNull()
  })

  it('that is only known yet, not the first in the list, wraps nothing', async () => {
    const organizationId = newOrganization()
    const vault = vaultUnder(`${FIRST},${SECOND}`)
    const sealed = await vault.seal(place(organizationId), CANARY)
    expect(await vault.rewrap(organizationId)).toBe('current')
    expect(await vaultUnder(FIRST).open(place(organizationId), sealed)).toBe(CANARY)
  })

  it('does not overwrite a ring that was shredded meanwhile', async () => {
    const organizationId = newOrganization()
    const sealed = await vaultUnder(FIRST).seal(place(organizationId), CANARY)
    const late: Partial<KeyRings> = {
      async read(owner) {
        const before = await rings.read(owner)
        await vaultUnder(FIRST).shred(owner)
        return before
      },
    }
    expect(await vaultUnder(`${SECOND},${FIRST}`, late).rewrap(organizationId)).toBe('changed')
    expect(await vaultUnder(`${SECOND},${FIRST}`).open(place(organizationId), sealed)).toBeNull()
  })

  it('leaves a ring alone whose old master key is gone', async () => {
    const organizationId = newOrganization()
    const sealed = await vaultUnder(FIRST).seal(place(organizationId), CANARY)
    expect(await vaultUnder(SECOND).rewrap(organizationId)).toBe('unreadable')
    expect(await vaultUnder(FIRST).open(place(organizationId), sealed)).toBe(CANARY)
  })
})

describe('an organization whose keys were shredded', () => {
  it('has nothing left that opens, in no isolate, and nothing more is sealed for it', async () => {
    const [organizationId, other] = [newOrganization(), newOrganization()]
    const vault = vaultUnder(FIRST)
    const sealed = await vault.seal(place(organizationId), CANARY)
    const kept = await vault.seal(place(other), CANARY)
    await vault.shred(organizationId)
    await vault.shred(organizationId)
    for (const one of [vault, vaultUnder(FIRST)]) {
      expect(await one.open(place(organizationId), sealed)).toBeNull()
      await expect(one.seal(place(organizationId), 'more')).rejects.toThrow(/gone/)
      expect(await one.open(place(other), kept)).toBe(CANARY)
    }
    expect(JSON.parse((await rings.read(organizationId))?.text ?? '')).toEqual({
      v: 1,
      keys: [],
      shreddedAt: expect.any(Number),
    })
  })

  it('is out of reach of an isolate that had its key after a minute', async () => {
    const organizationId = newOrganization()
    let now = 1_000_000
    const vault = vaultUnder(FIRST, {}, () => now)
    const sealed = await vault.seal(place(organizationId), CANARY)
    await vaultUnder(FIRST).shred(organizationId)
    now += 60_000
    expect(await vault.open(place(organizationId), sealed)).toBeNull()
  })
})

describe('a fingerprint', () => {
  it('is the same for the same value in the same place, in every isolate, and under the next master key', async () => {
    const organizationId = newOrganization()
    const first = await vaultUnder(FIRST).fingerprint(organizationId, 'env_1', 'TOKEN', CANARY)
    expect(first).toMatch(/^[0-9a-f]{8}$/)
    const both = vaultUnder(`${SECOND},${FIRST}`)
    await both.rewrap(organizationId)
    expect(await vaultUnder(SECOND).fingerprint(organizationId, 'env_1', 'TOKEN', CANARY)).toBe(first)
    for (const [organization, name, value] of [
      [organizationId, 'TOKEN', `${CANARY}.`],
      [organizationId, 'OTHER', CANARY],
      [newOrganization(), 'TOKEN', CANARY],
    ] as const) {
      expect(await vaultUnder(`${SECOND},${FIRST}`).fingerprint(organization, 'env_1', name, value)).not.toBe(first)
    }
  })
})

describe('master keys of the environment', () => {
  it('are version 1 alone, or the versions of a list, the one that wraps first', () => {
    expect(parseMasterKeys(key('m'), '').newest).toBe(1)
    expect(parseMasterKeys(key('m'), SECOND)).toMatchObject({ newest: 2 })
    expect([...parseMasterKeys(key('m'), SECOND).byVersion.keys()]).toEqual([2, 1])
    expect(parseMasterKeys('', `${FIRST}, ${SECOND}`).newest).toBe(1)
  })

  it.for([
    ['', '', /MASTER_KEY must be 32 bytes/],
    ['short', '', /MASTER_KEY must be 32 bytes/],
    ['', 'short', /MASTER_KEYS must read version:base64/],
    ['', `2:${btoa('x')}`, /MASTER_KEYS must be 32 bytes/],
    ['', `${SECOND},${SECOND}`, /names a version twice/],
    ['', `0:${key('m')}`, /MASTER_KEYS must read/],
  ] as const)('"%s" and "%s" are refused by name and never shown', ([one, several, message]) => {
    expect(() => parseMasterKeys(one, several)).toThrow(message)
    expect(() => parseMasterKeys(one, several)).not.toThrow(key('n'))
  })
})

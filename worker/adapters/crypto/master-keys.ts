import { decodeKey } from './master-key'

/** Master keys by version. `newest` wraps what is new; the others only open what they wrapped. */
export type MasterKeys = { readonly newest: number; readonly byVersion: ReadonlyMap<number, Uint8Array<ArrayBuffer>> }

const ENTRY = /^([1-9]\d{0,5}):(\S+)$/

/**
 * The master keys of the environment: MASTER_KEY is version 1; MASTER_KEYS lists `version:base64` with commas, the one that
 * wraps new keys first. Throws, naming the variable and never a value, when there is none or one cannot be read.
 */
export function parseMasterKeys(masterKey: string, masterKeys: string): MasterKeys {
  const entries = masterKeys
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [, version, base64 = ''] = ENTRY.exec(text) ?? []
      if (version === undefined) throw new Error('MASTER_KEYS must read version:base64,version:base64')
      return [Number(version), decodeKey('MASTER_KEYS', base64)] as const
    })
  if (masterKey !== '' && !entries.some(([version]) => version === 1)) {
    entries.push([1, decodeKey('MASTER_KEY', masterKey)])
  }
  const [first] = entries
  if (first === undefined) throw new Error('MASTER_KEY must be 32 bytes in base64; or list several in MASTER_KEYS')
  if (new Set(entries.map(([version]) => version)).size < entries.length) {
    throw new Error('MASTER_KEYS names a version twice')
  }
  return { newest: first[0], byVersion: new Map(entries) }
}

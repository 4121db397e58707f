import { parseArchived } from '#core/shard/archive-format'
import { BLOCK_SIZE } from '#core/shard/blocks'
import { formatHeader, HEADER_BYTES, readSlot } from '#core/shard/block-format'
import type { ArchiveCleaner, BlockContents } from '../../ports/archive-cleaner'

/** Keys R2 removes in one call, and pages of so many one `clear` goes through. */
const KEYS_MAX = 1_000
const PAGES_MAX = 5

/** The archive in R2, as those see it who remove from it. */
export function createArchiveCleaner(bucket: R2Bucket): ArchiveCleaner {
  return {
    look: (blockKey, storePrefix) => look(bucket, blockKey, storePrefix),
    async remove(keys) {
      for (let at = 0; at < keys.length; at += KEYS_MAX) await bucket.delete(keys.slice(at, at + KEYS_MAX))
    },
    async takeOut(blockKey, seq) {
      await bucket.delete(`${blockKey}/${seq}`)
      const block = await bucket.get(blockKey)
      if (block === null) return
      const rest = without(new Uint8Array(await block.arrayBuffer()), seq % BLOCK_SIZE)
      if (rest !== null) await bucket.put(blockKey, rest)
    },
    async clear(prefix) {
      for (let page = 0; page < PAGES_MAX; page++) {
        const { objects, truncated } = await bucket.list({ prefix, limit: KEYS_MAX })
        if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key))
        if (!truncated) return true
      }
      return false
    },
  }
}

async function look(bucket: R2Bucket, blockKey: string, storePrefix: string): Promise<BlockContents> {
  const { objects } = await bucket.list({ prefix: `${blockKey}/`, limit: KEYS_MAX })
  const keys = [blockKey, ...objects.map(({ key }) => key)]
  const texts = [...(await textsOf(bucket, blockKey)), ...(await aloneTexts(bucket, keys.slice(1)))]
  const executions = texts.map((text) => ({ text, ...parseArchived(text) }))
  return {
    ids: executions.map(({ record }) => record.id),
    summaries: executions.map(({ summary }) => summary),
    storing: executions.filter(({ text }) => text.includes(`"${storePrefix}`)).map(({ record }) => record.seq),
    keys,
  }
}

async function textsOf(bucket: R2Bucket, blockKey: string): Promise<readonly string[]> {
  const block = await bucket.get(blockKey)
  if (block === null) return []
  const bytes = new Uint8Array(await block.arrayBuffer())
  return slotsOf(bytes).flatMap((body) => (body === null ? [] : [new TextDecoder().decode(body)]))
}

async function aloneTexts(bucket: R2Bucket, keys: readonly string[]): Promise<readonly string[]> {
  const texts: string[] = []
  for (const key of keys) {
    const object = await bucket.get(key)
    if (object !== null) texts.push(await object.text())
  }
  return texts
}

function slotsOf(bytes: Uint8Array): readonly (Uint8Array | null)[] {
  const header = new TextDecoder().decode(bytes.subarray(0, HEADER_BYTES))
  return Array.from({ length: BLOCK_SIZE }, (_, slot) => {
    const place = readSlot(header, slot)
    return place === null ? null : bytes.subarray(place.offset, place.offset + place.length)
  })
}

/** The block without one of its executions; null when it does not hold it. */
function without(bytes: Uint8Array, slot: number): Uint8Array | null {
  const bodies = slotsOf(bytes)
  if (bodies[slot] === null) return null
  const kept = bodies.map((body, n) => (n === slot || body === null ? new Uint8Array() : body))
  const header = new TextEncoder().encode(formatHeader(kept.map(({ byteLength }) => byteLength)))
  const block = new Uint8Array(kept.reduce((sum, { byteLength }) => sum + byteLength, header.byteLength))
  let at = 0
  for (const part of [header, ...kept]) {
    block.set(part, at)
    at += part.byteLength
  }
  return block
}

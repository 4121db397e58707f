import type { ArchivedExecution } from '#core/shard/archive'
import { formatArchived, parseArchived } from '#core/shard/archive-format'
import { BLOCK_SIZE } from '#core/shard/blocks'
import { formatHeader, HEADER_BYTES, readSlot } from '#core/shard/block-format'
import type { TraceBlocks } from '../../ports/trace-blocks'

/** Trace blocks in R2: one object per 64 executions, each readable by two range reads. */
export function createTraceBlocks(bucket: R2Bucket): TraceBlocks {
  return {
    async write(key, executions) {
      await bucket.put(key, encode(executions))
    },
    async writeOne(key, execution) {
      await bucket.put(key, formatArchived(execution))
    },
    async read(key, seq) {
      return (await readFromBlock(bucket, key, seq % BLOCK_SIZE)) ?? (await readStraggler(bucket, `${key}/${seq}`))
    },
  }
}

function encode(executions: readonly ArchivedExecution[]): Uint8Array {
  const encoder = new TextEncoder()
  const bodies: Uint8Array[] = Array.from({ length: BLOCK_SIZE }, () => new Uint8Array())
  for (const execution of executions)
    bodies[execution.record.seq % BLOCK_SIZE] = encoder.encode(formatArchived(execution))
  const size = bodies.reduce((sum, body) => sum + body.byteLength, HEADER_BYTES)
  const block = new Uint8Array(size)
  block.set(encoder.encode(formatHeader(bodies.map((body) => body.byteLength))))
  let offset = HEADER_BYTES
  for (const body of bodies) {
    block.set(body, offset)
    offset += body.byteLength
  }
  return block
}

async function readFromBlock(bucket: R2Bucket, key: string, slot: number): Promise<ArchivedExecution | null> {
  const header = await bucket.get(key, { range: { offset: 0, length: HEADER_BYTES } })
  if (header === null) return null
  const place = readSlot(await header.text(), slot)
  if (place === null) return null
  const body = await bucket.get(key, { range: place })
  return body === null ? null : parseArchived(await body.text())
}

async function readStraggler(bucket: R2Bucket, key: string): Promise<ArchivedExecution | null> {
  const object = await bucket.get(key)
  return object === null ? null : parseArchived(await object.text())
}

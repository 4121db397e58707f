import type { Clock, EpochMs } from '#core/kernel/time'
import { archived, blockKey, nextBlock, toArchive, type BlockToWrite } from '#core/shard/archive'
import { type FlushBatch, FLUSH_AFTER_MS, flushed, hasUnflushed, nextFlush, notFlushed } from '#core/shard/flush'
import type { Shard } from '#core/shard/memory'
import { deadLettersOf } from '#core/shard/dead-letters'
import type { DeadLetterLog } from '../ports/dead-letter-log'
import type { ExecutionIndex } from '../ports/execution-index'
import type { TraceBlocks } from '../ports/trace-blocks'

const RETRY_MS_MIN = 1_000
const RETRY_MS_MAX = 60_000

export type Flusher = {
  /** Makes sure a flush happens soon. Cheap; called after every change. */
  schedule(): void
  /** Flushes until nothing is left or the outside fails; one at a time, and whoever comes meanwhile waits for it. Never throws. */
  run(): Promise<void>
  /** When the alarm must flush even if no timer survives. */
  dueAt(now: EpochMs): EpochMs | null
}

export type FlusherPorts = {
  readonly index: ExecutionIndex
  readonly deadLetters: DeadLetterLog
  readonly blocks: TraceBlocks
  readonly clock: Clock
  readonly setTimer: (work: () => void, ms: number) => void
}

/** Moves ended executions outward: first the index (D1), then full blocks to the archive (R2), then their rows go (4.4 rule 12). */
export function createFlusher(shard: Shard, ports: FlusherPorts): Flusher {
  let timerSet = false
  let running: Promise<void> | null = null
  let retryMs = 0
  let retryAt: EpochMs | null = null

  async function drain(): Promise<void> {
    for (;;) {
      const batch = nextFlush(shard, ports.clock())
      if (batch === null) break
      await send(batch)
      flushed(shard, batch)
    }
    let from = 0
    for (;;) {
      const block = nextBlock(shard, from, ports.clock())
      if (block === null) break
      await writeBlock(shard, ports, block)
      archived(shard, block, ports.clock())
      from = block.block + 1
    }
  }

  async function send(batch: FlushBatch): Promise<void> {
    try {
      await ports.index.upsert(batch.summaries)
      await tellDeadLetters(shard, ports, batch)
    } catch (error) {
      notFlushed(shard, batch)
      throw error
    }
  }

  function run(): Promise<void> {
    running ??= runOnce().finally(() => {
      running = null
      if (retryAt === null && hasUnflushed(shard)) schedule()
    })
    return running
  }

  async function runOnce(): Promise<void> {
    try {
      await drain()
      retryMs = 0
      retryAt = null
    } catch (error) {
      retryMs = Math.min(Math.max(RETRY_MS_MIN, retryMs * 2), RETRY_MS_MAX)
      retryAt = ports.clock() + retryMs
      console.error(JSON.stringify({ event: 'flush_failed', retryMs, error: String(error) }))
    }
  }

  function schedule(): void {
    if (timerSet || retryAt !== null || !hasUnflushed(shard)) return
    timerSet = true
    ports.setTimer(() => {
      timerSet = false
      void run()
    }, FLUSH_AFTER_MS)
  }

  return { schedule, run, dueAt: (now) => retryAt ?? (shard.memory.unflushed.size > 0 ? now + RETRY_MS_MIN : null) }
}

/** Written before the watermark moves: what was given up is known to its organization, or tried again. */
async function tellDeadLetters(shard: Shard, { deadLetters }: FlusherPorts, { summaries }: FlushBatch): Promise<void> {
  const letters = deadLettersOf(summaries, shard.memory.meta?.no ?? 0)
  if (letters.length === 0) return
  const added = await deadLetters.add(letters)
  for (const { id, kind, executionId, organizationId } of letters.filter((letter) => added.includes(letter.id))) {
    console.error(JSON.stringify({ event: 'dead_letter', id, kind, organizationId, executionId }))
  }
}

async function writeBlock(shard: Shard, ports: FlusherPorts, { block, together, alone }: BlockToWrite): Promise<void> {
  const now = ports.clock()
  for (const seq of alone) await ports.blocks.writeOne(blockKey(shard, block, seq), toArchive(shard, seq, now))
  if (together.length === 0) return
  const executions = together.map((seq) => toArchive(shard, seq, now))
  await ports.blocks.write(blockKey(shard, block), executions)
}

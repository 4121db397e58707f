import type { Clock, EpochMs } from '#core/kernel/time'

export type BodyGateDeps = {
  readonly clock: Clock
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** What may be read at a time. */
  readonly bytesMax?: number
}

/** Who reads, how much at most, and how long at most. */
export type Reading = { readonly bytes: number; readonly timeoutMs: number; readonly signal: AbortSignal }

/** Resolves when a large body may be read; what it resolves to says that it was. Never rejects. */
export type BodyGate = (reading: Reading) => Promise<() => void>

const BYTES_MAX = 16 * 1024 * 1024
const LOOK_EVERY_MS = 20
/** A slow sender must not stop everybody else: patience is this, and no more than a quarter of the reader's own time. */
const PATIENCE_MS_MAX = 5_000

/**
 * Lets the isolate's large bodies be read one after the other where they would take more than `bytesMax` together. Requests
 * of different callers share nothing but numbers: one that is cut off forgets its turn, which ends by the clock.
 */
export function createBodyGate({ clock, sleep, bytesMax = BYTES_MAX }: BodyGateDeps): BodyGate {
  const inside = new Set<{ readonly bytes: number; readonly untilAt: EpochMs }>()

  function hasRoomFor(bytes: number): boolean {
    let taken = 0
    for (const turn of inside) {
      if (turn.untilAt > clock()) taken += turn.bytes
      else inside.delete(turn)
    }
    return taken === 0 || taken + bytes <= bytesMax
  }

  return async ({ bytes, timeoutMs, signal }) => {
    const patienceEndsAt = clock() + Math.min(PATIENCE_MS_MAX, timeoutMs / 4)
    while (!hasRoomFor(bytes) && clock() < patienceEndsAt && !signal.aborted) await sleep(LOOK_EVERY_MS, signal)
    const turn = { bytes, untilAt: clock() + timeoutMs }
    inside.add(turn)
    return () => void inside.delete(turn)
  }
}

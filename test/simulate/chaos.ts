import { createRandom } from './random'

/** What may go wrong, and how often at most where it can. */
const KINDS = {
  call_lost: 0.05,
  answer_lost: 0.05,
  call_slow: 0.1,
  shard_dies_before_commit: 0.03,
  shard_dies_after_commit: 0.03,
  shard_clock_jumps: 0.5,
  lender_dies: 0.2,
  process_dies: 0.02,
  process_stalls: 0.02,
  clock_skewed: 0.5,
  doorbell_lost: 0.5,
  doorbell_repeated: 0.3,
  doorbell_late: 0.3,
  alarm_lost: 0.2,
  alarm_late: 0.3,
  alarm_twice: 0.3,
  index_fails: 0.3,
  index_fails_after: 0.3,
  archive_fails: 0.3,
  effect_500: 0.15,
  effect_reset: 0.1,
  effect_applied_then_dropped: 0.15,
  effect_hangs: 0.05,
  effect_slow: 0.2,
} as const

export type FaultKind = keyof typeof KINDS
export type Fault = { readonly no: number; readonly kind: FaultKind; readonly at: number }

export type Chaos = {
  /** Whether a fault of this kind happens here and now. */
  strikes(kind: FaultKind): boolean
  /** From now on nothing goes wrong any more. */
  end(): void
  readonly faults: readonly Fault[]
}

/**
 * Decides by seed what goes wrong. Each run has a mood of its own: some kinds often, some never, and now and then nothing
 * at all. With `allowed`, only the faults of these numbers happen, which is how a failing run is made smaller.
 */
export function createChaos(seed: number, now: () => number, allowed: ReadonlySet<number> | null): Chaos {
  const random = createRandom(seed ^ 0x5eed)
  const isCalm = random.chance(0.05)
  const rates = new Map<string, number>()
  for (const [kind, most] of Object.entries(KINDS)) {
    rates.set(kind, isCalm || random.chance(0.5) ? 0 : most * random.next())
  }
  const faults: Fault[] = []
  let count = 0
  let isOver = false
  return {
    faults,
    end: () => void (isOver = true),
    strikes(kind) {
      if (isOver) return false
      const no = count++
      const hits = random.next() < (rates.get(kind) ?? 0)
      if (!hits || (allowed !== null && !allowed.has(no))) return false
      faults.push({ no, kind, at: now() })
      return true
    },
  }
}

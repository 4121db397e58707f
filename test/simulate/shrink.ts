import { type Outcome, runSeed } from './run-seed'

/**
 * Makes a failing run smaller: leaves out faults, half of them, a quarter, down to single ones, for as long as the run still
 * breaks something (delta debugging, Zeller 1999). What is left is needed.
 */
export async function shrink(failed: Outcome): Promise<Outcome> {
  let smallest = failed
  for (let size = Math.ceil(failed.faults.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < smallest.faults.length;) {
      const kept = smallest.faults.filter((_, at) => at < from || at >= from + size).map(({ no }) => no)
      const outcome = await runSeed(failed.seed, new Set(kept))
      if (outcome.broken.length === 0) from += size
      else smallest = outcome
    }
  }
  return smallest
}

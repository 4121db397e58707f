import { runSeed } from './run-seed'
import { shrink } from './shrink'

const FAILURES_MAX = 3
const REPORT_EVERY = 200

/** Runs every `step`-th seed from `from` up to `to`, and tells the process that started this one how it goes. */
async function main([from = 0, to = 0, step = 1]: readonly number[]): Promise<void> {
  Object.assign(console, { error: () => undefined })
  const totals = { seeds: 0, executions: 0, brought: 0, effects: 0, faults: 0, failures: 0 }
  const tell = () => process.send?.({ type: 'totals', totals })
  for (let seed = from; seed < to && totals.failures < FAILURES_MAX; seed += step) {
    const outcome = await runSeed(seed)
    totals.seeds++
    totals.executions += outcome.executions
    totals.brought += outcome.brought
    totals.effects += outcome.effects
    totals.faults += outcome.faults.length
    if (outcome.broken.length > 0) {
      totals.failures++
      process.send?.({ type: 'failure', outcome, smallest: await shrink(outcome) })
    }
    if (totals.seeds % REPORT_EVERY === 0) tell()
  }
  tell()
  process.disconnect()
}

await main(process.argv.slice(2).map(Number))

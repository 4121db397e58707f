import type { PlannedStage } from '#core/definition/plan'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import type { EpochMs } from '#core/kernel/time'

/** Components keep their own time; one that does not is left behind this long after it should have answered. */
const CUT_OFF_AFTER_MS = 5_000

type Running = { readonly attempt: number; readonly stage: PlannedStage; readonly endsAt: EpochMs }

/** Attempts under way, and which of them ignore their time. */
export class Overtime {
  readonly #running = new Map<string, Running>()
  /** What waits for room takes nobody's time. */
  readonly #queued = new Set<string>()

  started(address: string, attempt: number, stage: PlannedStage, now: EpochMs): void {
    this.#running.set(address, { attempt, stage, endsAt: now + stage.timeoutMs + CUT_OFF_AFTER_MS })
  }

  /** An attempt has to wait before it can begin, or need wait no more: its time begins now. */
  queued(address: string, isWaiting: boolean, now: EpochMs): void {
    const running = this.#running.get(address)
    if (isWaiting) this.#queued.add(address)
    else if (this.#queued.delete(address) && running !== undefined) {
      this.started(address, running.attempt, running.stage, now)
    }
  }

  ended(address: string): void {
    this.#running.delete(address)
    this.#queued.delete(address)
  }

  /** The failures of attempts that should have ended by now. */
  take(now: EpochMs): readonly Extract<JournalEvent, { type: 'attempt_failed' }>[] {
    return [...this.#running].flatMap(([address, { attempt, stage, endsAt }]) => {
      if (endsAt > now || this.#queued.has(address)) return []
      this.#running.delete(address)
      const message = `The stage was stopped: it did not answer within the ${stage.timeoutMs} ms that it may take.`
      const failure = { code: 'stage_timeout', message, hint: 'Raise "timeout".' }
      const base = { v: EVENT_VERSION, at: now, stage: address, attempt, input: stage.document }
      return [{ ...base, type: 'attempt_failed', failure }]
    })
  }
}

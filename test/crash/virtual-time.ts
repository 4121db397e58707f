import { vi } from 'vitest'
import type { Process } from './kill-points'

type Sleeper = { readonly at: number; readonly process: Process; readonly wake: () => void }

/** A clock that moves only when it is told to, and those who sleep by it. All of the isolate reads it. */
export class VirtualTime {
  readonly #sleepers = new Set<Sleeper>()
  #now: number

  constructor(startAt: number) {
    this.#now = startAt
    vi.setSystemTime(startAt)
  }

  get now(): number {
    return this.#now
  }

  /** Resolves `ms` later, or when the signal aborts. Dead processes sleep for ever. */
  sleep(process: Process, ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const sleeper: Sleeper = { at: this.#now + Math.max(0, ms), process, wake: () => resolve() }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', () => {
        if (this.#sleepers.delete(sleeper)) resolve()
      })
    })
  }

  /** When the next of them wakes; null = everybody is awake. */
  nextAt(): number | null {
    this.#buryTheDead()
    return this.#sleepers.size === 0 ? null : Math.min(...[...this.#sleepers].map(({ at }) => at))
  }

  /** Moves on and wakes who is due. Never goes back. */
  moveTo(at: number): void {
    this.#now = Math.max(this.#now, at)
    vi.setSystemTime(this.#now)
    for (const sleeper of [...this.#sleepers].filter((it) => it.at <= this.#now)) {
      this.#sleepers.delete(sleeper)
      sleeper.wake()
    }
  }

  #buryTheDead(): void {
    for (const sleeper of this.#sleepers) if (sleeper.process.isDead()) this.#sleepers.delete(sleeper)
  }
}

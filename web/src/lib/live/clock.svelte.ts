import { createSubscriber } from 'svelte/reactivity'

/** The present, once a second while something on the page shows it. */
class Clock {
  readonly #subscribe = createSubscriber((update) => {
    const timer = setInterval(update, 1_000)
    return () => clearInterval(timer)
  })

  /** Epoch milliseconds; read inside an effect or a template, it is read again every second. */
  get nowAt(): number {
    this.#subscribe()
    return Date.now()
  }
}

export const clock = new Clock()

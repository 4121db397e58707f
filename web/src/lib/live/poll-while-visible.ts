/** The part of the browser that polling needs. */
export type PollHost = {
  isHidden(): boolean
  /** Calls back when the page is shown or hidden; answers how to stop that. */
  onVisibility(callback: () => void): () => void
  /** Calls back once; answers how to prevent it. */
  after(delayMs: number, callback: () => void): () => void
}

/**
 * Runs a task again and again, `pauseMs` after it ended, while the page can be seen; at once when it is shown again.
 * Answers how to stop. The task must not reject.
 */
export function pollWhileVisible(host: PollHost, pauseMs: number, task: () => Promise<void>): () => void {
  let stopped = false
  let running = false
  let cancel = () => {}

  const schedule = () => {
    cancel = host.after(pauseMs, () => void run())
  }
  const run = async () => {
    cancel()
    if (stopped || running || host.isHidden()) return
    running = true
    await task()
    running = false
    if (!stopped && !host.isHidden()) schedule()
  }
  const forget = host.onVisibility(() => void run())
  schedule()
  return () => {
    stopped = true
    cancel()
    forget()
  }
}

import type { CodeBundle, CodeHost, CodeRunner } from '../../ports/code-runner'

/** How many dynamic workers the platform lets one invocation call at a time. */
const ISOLATES_MAX = 4

/**
 * The code runner of one invocation. Calls into a release that is being called already go ahead; a fifth release waits, in
 * order, until one of the four is done with (F-24). Waiting ends with the caller's signal.
 */
export function limitIsolates(run: CodeRunner, isolatesMax = ISOLATES_MAX): CodeRunner {
  const calls = new Map<CodeBundle, number>()
  let waiting: { readonly bundle: CodeBundle; readonly go: () => void }[] = []

  const mayEnter = (bundle: CodeBundle) => calls.has(bundle) || calls.size < isolatesMax
  const enter = (bundle: CodeBundle) => void calls.set(bundle, (calls.get(bundle) ?? 0) + 1)

  function leave(bundle: CodeBundle): void {
    const left = (calls.get(bundle) ?? 1) - 1
    if (left > 0) return void calls.set(bundle, left)
    calls.delete(bundle)
    const queue = waiting
    waiting = []
    for (const next of queue) {
      if (!mayEnter(next.bundle)) waiting.push(next)
      else {
        enter(next.bundle)
        next.go()
      }
    }
  }

  /** False when the signal came first. */
  function turn(bundle: CodeBundle, { signal, queued }: CodeHost): Promise<boolean> {
    return new Promise((resolve) => {
      const go = () => {
        queued?.(false)
        resolve(true)
      }
      const entry = { bundle, go }
      waiting.push(entry)
      queued?.(true)
      signal.addEventListener('abort', () => {
        const isWaiting = waiting.includes(entry)
        waiting = waiting.filter((other) => other !== entry)
        if (isWaiting) resolve(false)
      })
    })
  }

  return async (call, host) => {
    const { bundle } = call
    if (mayEnter(bundle)) enter(bundle)
    else if (host.signal.aborted || !(await turn(bundle, host))) {
      return {
        kind: 'failed',
        failure: { code: 'code_aborted', message: 'Its execution ended before the code began.' },
      }
    }
    try {
      return await run(call, host)
    } finally {
      leave(bundle)
    }
  }
}

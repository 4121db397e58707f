import { isObject } from '../json/member-of.ts'
import type { StageTrace } from './stage-trace.ts'

type Waiting = Pick<StageTrace, 'node' | 'address' | 'component' | 'status' | 'startedAt' | 'input'>

/** A signal that stages wait for. Of several stages the first takes the next signal. */
export type SignalWait = {
  readonly name: string
  readonly stages: readonly string[]
  readonly since: string | null
  /** When the first of them stops waiting; null: when the execution may take no longer. */
  readonly untilAt: number | null
  readonly choices: readonly string[]
  /** What happens when nothing comes: an output of their own, or a failure. */
  readonly fallback: { readonly output: unknown } | null
}

/** The signals an execution waits for, by name, in the order of its stages. */
export function signalWaits(stages: readonly Waiting[]): readonly SignalWait[] {
  const waits = new Map<string, SignalWait>()
  for (const { component, status, address, startedAt, input } of stages) {
    if (component !== 'wait_for_signal' || status !== 'waiting' || !isObject(input)) continue
    const { signal: name, timeout_seconds: seconds, choices } = input
    if (typeof name !== 'string') continue
    const known = waits.get(name)
    if (known !== undefined) {
      waits.set(name, { ...known, stages: [...known.stages, address] })
      continue
    }
    waits.set(name, {
      name,
      stages: [address],
      since: startedAt,
      untilAt: typeof seconds === 'number' && startedAt !== null ? Date.parse(startedAt) + seconds * 1_000 : null,
      choices: Array.isArray(choices) ? choices.filter((choice) => typeof choice === 'string') : [],
      fallback: Object.hasOwn(input, 'default') ? { output: input['default'] } : null,
    })
  }
  return [...waits.values()]
}

/** When a stage that only lets time pass goes on, in epoch milliseconds; null for all others. */
export function delayEndsAt({ component, status, startedAt, input }: Waiting): number | null {
  if (component !== 'delay' || status !== 'waiting' || !isObject(input)) return null
  const { seconds, until } = input
  if (typeof seconds === 'number' && startedAt !== null) return Date.parse(startedAt) + seconds * 1_000
  const at = typeof until === 'string' ? Date.parse(until) : Number.NaN
  return Number.isNaN(at) ? null : at
}

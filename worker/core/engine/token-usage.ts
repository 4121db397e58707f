import { isJsonObject, type Json } from '../kernel/json'

/** What a stage's attempts used of a language model, added up; null when none of them said. Failed ones are paid for too. */
export function tokenUsage(outputs: readonly Json[]): Readonly<Record<string, number>> | null {
  const sums = new Map<string, number>()
  for (const output of outputs) {
    const usage = isJsonObject(output) ? output['usage'] : null
    if (!isJsonObject(usage)) continue
    for (const [name, count] of Object.entries(usage))
      if (typeof count === 'number') sums.set(name, (sums.get(name) ?? 0) + count)
  }
  return sums.size === 0 ? null : Object.fromEntries(sums)
}

import { everyKill, type Kill } from './kill-points'

/** Calls by what they are made to, in the words kill points give them. */
const KINDS = {
  storage: /: (?:sql |transaction)/,
  alarm: /: \w+Alarm$/,
  queue: /: queue$/,
  index: /: (?:d1|r2) /,
  object: /: rpc /,
  fetch: /: fetch$/,
} as const
const MANNERS = ['throw before', 'throw after', 'die before', 'die after'] as const

type Row = readonly [scenario: string, ...counts: number[]]

/** What was killed where, and what that broke: a row for each scenario. */
export class Tally {
  readonly #rows: Row[] = []

  add(scenario: string, calls: readonly string[], kills: readonly Kill[], violations: number): void {
    const byKind = Object.values(KINDS).map((kind) => calls.filter((call) => kind.test(call)).length)
    const byManner = MANNERS.map((words) => kills.filter(({ how, where }) => `${how} ${where}` === words).length)
    this.#rows.push([scenario, calls.length, ...byKind, everyKill(calls).length, ...byManner, violations])
  }

  /** The table with its sums, as text. */
  print(title: string): string {
    const [first, ...others] = this.#rows.map(([, ...counts]) => counts)
    const sums = (first ?? []).map((count, n) => others.reduce((sum, counts) => sum + (counts[n] ?? 0), count))
    const head = ['scenario', 'calls', ...Object.keys(KINDS), 'kill points', ...MANNERS, 'violations']
    const lines = [head, ...this.#rows, ['all', ...sums]].map((cells) => cells.map(String))
    const widths = head.map((_, n) => Math.max(...lines.map((cells) => cells[n]?.length ?? 0)))
    const text = lines.map((cells) =>
      cells.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join('  '),
    )
    return [title, ...text, ''].join('\n')
  }
}

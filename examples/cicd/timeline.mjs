const width = 40

/** One line per stage of a trace: its status, attempts, duration, and a bar where it ran. */
export function timeline({ stages }) {
  const ran = stages.filter(({ startedAt, endedAt }) => startedAt && endedAt)
  const from = Math.min(...ran.map(({ startedAt }) => Date.parse(startedAt)))
  const span = Math.max(1, ...ran.map(({ endedAt }) => Date.parse(endedAt) - from))
  const column = (instant) => Math.round(((Date.parse(instant) - from) / span) * (width - 1))
  const bar = ({ startedAt, endedAt }) => {
    if (!startedAt || !endedAt) return ''
    const start = column(startedAt)
    return `${' '.repeat(start)}${'━'.repeat(Math.max(1, column(endedAt) - start))}`
  }
  return stages
    .map((stage) => {
      const { node, status, duration, attempts } = stage
      const facts = [
        node.padEnd(26),
        status.padEnd(10),
        `${attempts.length}×`.padStart(4),
        `${duration ?? 0} ms`.padStart(10),
      ]
      return `${facts.join(' ')}  ${bar(stage)}`.trimEnd()
    })
    .join('\n')
}

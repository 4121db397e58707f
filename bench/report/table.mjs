const columns = ['quantity', 'measured', 'floor', 'ratio', 'target', 'ok']
const verdicts = new Map([
  [true, 'yes'],
  [false, 'NO'],
])

/** The rows as one aligned text table; a cell that a row lacks stays empty. */
export function table(rows) {
  const lines = [columns, ...rows.map((row) => columns.map((column) => cell(row[column])))]
  const widths = columns.map((_, index) => Math.max(...lines.map((line) => line[index].length)))
  const texts = lines.map((line) =>
    line
      .map((text, index) => text.padEnd(widths[index]))
      .join(' | ')
      .trimEnd(),
  )
  return [texts[0], widths.map((width) => '-'.repeat(width)).join('-|-'), ...texts.slice(1)].join('\n')
}

const cell = (value) => (typeof value === 'boolean' ? verdicts.get(value) : (value ?? ''))

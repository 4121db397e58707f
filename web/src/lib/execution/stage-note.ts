type Noted = {
  readonly component: string
  readonly iteration: number | null
  readonly metadata: { readonly mocked?: boolean | undefined }
  readonly iterations: { readonly total: number; readonly ended: number; readonly failed: number } | null
}

const whole = new Intl.NumberFormat('en-US')

/**
 * What stands behind a stage's name: whether a mock stood in for it, its component, which item it ran for, and of a
 * foreach how far it has come.
 */
export function stageNote({ component, iteration, iterations, metadata }: Noted): string {
  const place = iteration === null ? [] : [whole.format(iteration + 1)]
  const kind = metadata.mocked === true ? ['mocked', component] : [component]
  if (iterations === null) return [...kind, ...place].join(' · ')
  const { total, ended, failed } = iterations
  const items = `${whole.format(total)} ${total === 1 ? 'item' : 'items'}`
  const failures = failed === 0 ? [] : [`${whole.format(failed)} failed`]
  const count =
    ended < total
      ? [`${whole.format(ended)} of ${items}`, ...failures]
      : [failed === 0 ? items : `${whole.format(failed)} of ${items} failed`]
  return [...kind, ...place, ...count].join(' · ')
}

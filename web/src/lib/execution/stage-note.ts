type Noted = {
  readonly component: string
  readonly iteration: number | null
  readonly metadata: { readonly mocked?: boolean | undefined }
  readonly iterations: { readonly total: number; readonly ended: number; readonly failed: number } | null
}

const whole = new Intl.NumberFormat('en-US')

/** What stands behind a stage's name: its component, whether a mock stood in for it, which item it ran for, and of a foreach how far it has come. */
export function stageNote({ component, iteration, iterations, metadata }: Noted): string {
  const place = [
    ...(iteration === null ? [] : [whole.format(iteration + 1)]),
    ...(metadata.mocked === true ? ['mocked'] : []),
  ]
  if (iterations === null) return [component, ...place].join(' · ')
  const { total, ended, failed } = iterations
  const count = ended < total ? `${whole.format(ended)} of ${whole.format(total)}` : whole.format(total)
  const failures = failed === 0 ? [] : [`${whole.format(failed)} failed`]
  return [component, ...place, `${count} ${total === 1 ? 'item' : 'items'}`, ...failures].join(' · ')
}

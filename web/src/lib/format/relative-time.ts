const STEPS = [
  { belowMs: 60_000, unitMs: 1_000, unit: 's' },
  { belowMs: 3_600_000, unitMs: 60_000, unit: 'min' },
  { belowMs: 86_400_000, unitMs: 3_600_000, unit: 'h' },
  { belowMs: 30 * 86_400_000, unitMs: 86_400_000, unit: 'd' },
] as const

/** How long ago an instant was, roughly; a date once it is over 30 days ago. A clock that runs behind reads `just now`. */
export function formatRelative(at: string, nowAt: number): string {
  const agoMs = nowAt - Date.parse(at)
  if (agoMs < 2_000) return 'just now'
  const step = STEPS.find(({ belowMs }) => agoMs < belowMs)
  if (step === undefined) return new Date(at).toLocaleDateString('en', { dateStyle: 'medium' })
  return `${Math.floor(agoMs / step.unitMs)} ${step.unit} ago`
}

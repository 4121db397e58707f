const DAY_MS = 86_400_000

/** How long a new key may live: so many days, until a date, or without end. */
export type Expiry = '30' | '90' | '365' | 'date' | 'never'

export const EXPIRIES: readonly { readonly value: Expiry; readonly text: string }[] = [
  { value: '30', text: '30 days' },
  { value: '90', text: '90 days' },
  { value: '365', text: 'A year' },
  { value: 'date', text: 'Until a date' },
  { value: 'never', text: 'Without end' },
]

/** When a key ends that is made now; null = never. `undefined` while the date (`YYYY-MM-DD`, to the end of that day) is missing or past. */
export function expiresAtOf(expiry: Expiry, date: string, nowAt: number): string | null | undefined {
  if (expiry === 'never') return null
  const at = expiry === 'date' ? new Date(`${date}T23:59:59`).getTime() : nowAt + Number(expiry) * DAY_MS
  return Number.isNaN(at) || at <= nowAt ? undefined : new Date(at).toISOString()
}

/** The smallest of the ascending `sorted` values that at least `share` of them do not exceed; NaN of none. */
export function percentile(sorted, share) {
  if (sorted.length === 0) return Number.NaN
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
}

import { distance } from 'fastest-levenshtein'

/** The candidate that `name` is most likely a misspelling of, or null when none is close (two letters, or a third of them). */
export function nearest(name: string, candidates: Iterable<string>): string | null {
  const wanted = plain(name)
  let best: string | null = null
  let bestDistance = (wanted.length < 4 ? 1 : Math.max(2, Math.floor(wanted.length / 3))) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > bestDistance + 3) continue
    const away = distance(wanted, plain(candidate))
    if (away < bestDistance) {
      best = candidate
      bestDistance = away
    }
  }
  return best
}

/** Case, `-` and `_` are what people mix up without misspelling. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '')
}

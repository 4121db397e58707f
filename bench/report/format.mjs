/** A number with as many digits as a reader can use. */
export const digits = (value) =>
  value >= 100 ? String(Math.round(value)) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

export const ms = (value) => `${digits(value)} ms`
export const mib = (bytes) => `${digits(bytes / 1024 / 1024)} MiB`

/** Requests per second and latency of one run. */
export const rate = ({ perSecond, p50Ms, p99Ms }, unit = '/s') =>
  `${digits(perSecond)}${unit}, p50 ${ms(p50Ms)}, p99 ${ms(p99Ms)}`

/** The cells of a rate beside its floor, as `alternate` answers them; the target is a share of the floor. */
export const versus = ({ ours, floor, share }, target) => ({
  measured: rate(ours),
  floor: `${digits(floor.perSecond)}/s`,
  ...ratio(share, 1, target),
  failures: [...ours.failures, ...floor.failures],
})

/** The cells of a ratio that should reach `share`, or of one that is only shown. */
export const ratio = (measured, floor, share) => ({
  ratio: `${Math.round((measured / floor) * 100)} %`,
  ...(share !== undefined && { target: `>= ${share * 100} %`, ok: measured / floor >= share }),
})

/** The cells of a value that should stay below `limit`. */
export const below = (value, limit, text = ms) => ({
  measured: text(value),
  target: `< ${text(limit)}`,
  ok: value < limit,
})

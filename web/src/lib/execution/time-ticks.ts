const MINUTE_MS = 60_000
const STEPS_MS = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  1_000,
  2_000,
  5_000,
  10_000,
  30_000,
  ...[1, 2, 5, 10, 30, 60, 120, 360, 720, 1_440].map((minutes) => minutes * MINUTE_MS),
]

/** Round moments of an axis that is `totalMs` long, the zero included: at most `most` + 1 of them, evenly spaced. */
export function timeTicks(totalMs: number, most = 4): readonly number[] {
  const dayMs = 1_440 * MINUTE_MS
  const stepMs =
    STEPS_MS.find((candidateMs) => totalMs / candidateMs <= most) ?? Math.ceil(totalMs / most / dayMs) * dayMs
  return Array.from({ length: Math.floor(totalMs / stepMs) + 1 }, (_, index) => index * stepMs)
}

import type { Arrival } from './start-sink'

/** What the API says of an execution, as far as its requests are judged by it. */
export type Judged = {
  readonly executionId: string
  readonly status: string
  readonly stages: readonly { readonly node: string; readonly status: string; readonly endedAt: string | null }[]
}

/** That the API showed a stage (`<execution>:<stage>`) as completed at an instant. */
export type Sighting = { readonly key: string; readonly at: number }

/**
 * What is wrong between the requests that reached the outside and what the API says of the executions: a stage sent again
 * after its completion was journaled (I4), attempts of one stage that differ (I5), an effect of an execution nobody was
 * told of (I1), or a completed stage that never sent anything.
 */
export function judgeEffects(
  arrivals: readonly Arrival[],
  executions: readonly Judged[],
  sightings: readonly Sighting[],
  effectStages: readonly string[],
): readonly string[] {
  const byKey = Map.groupBy(arrivals, ({ key }) => key)
  const known = new Set(executions.map(({ executionId }) => executionId))
  return [
    ...arrivals.filter((it) => !known.has(it.execution ?? '')).map((it) => `I1: nobody was told of ${it.key}`),
    ...[...byKey].flatMap(([key, calls]) => (isSameRequest(calls) ? [] : [`I5: attempts of ${key} differ`])),
    ...executions.flatMap((execution) => judgeOne(execution, byKey, effectStages)),
    ...sightings.flatMap(({ key, at }) =>
      (byKey.get(key) ?? [])
        .filter(({ arrivedAt }) => arrivedAt > at)
        .map(({ arrivedAt }) => `I4: ${key} arrived ${arrivedAt - at} ms after it was seen completed`),
    ),
  ]
}

function isSameRequest(calls: readonly Arrival[]): boolean {
  return new Set(calls.map(({ method, path, bodyHash }) => `${method} ${path} ${bodyHash}`)).size === 1
}

function judgeOne(
  { executionId, stages }: Judged,
  byKey: ReadonlyMap<string | null, readonly Arrival[]>,
  effectStages: readonly string[],
): readonly string[] {
  return stages
    .filter(({ node, status }) => effectStages.includes(node) && status === 'completed')
    .flatMap(({ node, endedAt }) => {
      const key = `${executionId}:${node}`
      const calls = byKey.get(key) ?? []
      if (calls.length === 0) return [`${key} is completed and never arrived`]
      const endedMs = Date.parse(endedAt ?? '')
      const late = calls.filter(({ arrivedAt }) => !(arrivedAt <= endedMs))
      return late.map(({ attempt }) => `I4: attempt ${attempt} of ${key} arrived after its completion`)
    })
}

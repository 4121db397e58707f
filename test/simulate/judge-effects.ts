import type { EpochMs } from '#core/kernel/time'
import type { SimulatedDocument } from './documents'
import type { Effect } from './sink'
import type { Line, Seen } from './witness'
import type { World } from './world'

/** How old a runner's news of its execution may be when it sends something: a second, or one answer on the slowest line. */
const NEWS_MS_MAX = 5_000

/** What one execution did to the outside world, held against what was durable when. */
export function judgeEffects(
  { sink }: World,
  seen: Seen,
  { plan }: SimulatedDocument,
  isCalm: boolean,
): readonly string[] {
  const effects = sink.effects.filter(({ executionId }) => executionId === seen.id)
  const broken: string[] = []
  for (const [stage, calls] of Map.groupBy(effects, (effect) => effect.stage)) {
    const planned = plan.stages.get(stage.split('/').at(-1) ?? '')
    const looks = new Set(calls.map(({ method, url, body }) => `${method} ${url} ${body}`))
    if (looks.size > 1) broken.push(`I5: attempts of ${stage} differ`)
    if (planned?.document['at_most_once'] === true && calls.length > 1) broken.push(`I5: ${stage} was sent twice`)
    if (isCalm && calls.length > 1) broken.push(`nothing went wrong, and ${stage} was sent ${calls.length} times`)
    broken.push(...calls.flatMap((call) => judgeCall(call, seen)))
    const early = planned?.dependsOn.find(({ waitsFor }) => !isDurable(seen.lines, waitsFor, calls[0]?.sentAt ?? 0))
    if (early !== undefined) broken.push(`I6: ${stage} was sent before ${early.waitsFor} was durable`)
  }
  return broken
}

function judgeCall(call: Effect, seen: Seen): readonly string[] {
  const { stage, sentAt, from, body } = call
  const broken: string[] = []
  const done = seen.lines.find(({ event, durableAt }) => ended(event, stage) && durableAt < sentAt)
  if (done !== undefined) broken.push(`I4: ${stage} was sent after its end was durable`)
  const own = seen.claims.filter(({ by }) => by === from).at(-1)
  const newer = seen.claims.find(({ token, at }) => token > (own?.token ?? -1) && at < sentAt)
  if (newer !== undefined) broken.push(`I4: ${stage} was sent by ${from.name}, which had lost the execution`)
  if (!body.includes(`"release-${seen.pin}"`)) broken.push(`I7: ${stage} was sent with ${body} by release ${seen.pin}`)
  const { cancelledAt } = seen
  const knewAt = Math.max(cancelledAt ?? sentAt, from.stalledUntil())
  if (cancelledAt !== null && sentAt > knewAt + NEWS_MS_MAX) {
    broken.push(`I14: ${stage} was sent ${sentAt - cancelledAt} ms after the cancel`)
  }
  return broken
}

function ended(event: Line['event'], stage: string): boolean {
  if (!('stage' in event) || event.stage !== stage) return false
  return event.type === 'stage_succeeded' || (event.type === 'attempt_failed' && event.retryAt === undefined)
}

/** Whether a stage that comes first had a result on the shard's disk by then; one that was skipped has none. */
function isDurable(lines: readonly Line[], stage: string, sentAt: EpochMs): boolean {
  const results = lines.filter(
    ({ event }) => 'stage' in event && event.stage === stage && event.type === 'stage_succeeded',
  )
  return results.length === 0 || results.some(({ durableAt }) => durableAt <= sentAt)
}

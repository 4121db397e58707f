import type { JournalEvent } from '#core/engine/event'
import { fold } from '#core/engine/fold'
import { stageState } from '#core/engine/state'
import { isTerminalStatus } from '#core/model/execution-status'
import type { ShardHandle } from '../../worker/ports/shards'
import type { Scenario } from './scenario'
import type { Witness } from './witness'
import type { Release, World } from './world'

/** A kill may cost what ends a lease, a restart's grace and a doorbell that is rung again; waits come on top. */
const LOST_MS_MAX = 120_000

/** What a run broke of I1–I14, judged from the outside: requests, answers, the shard's public reading and the index. */
export async function judge(
  release: Release,
  scenario: Scenario,
  world: World,
  undisturbedMs: number,
): Promise<readonly string[]> {
  const { witness } = world
  const shard = world.shard()
  const { organizationId } = release.config
  const seen = await shard.read({ organizationId, seq: 0 })
  const count = await countFrom(shard, organizationId)
  if (seen === null || !('record' in seen)) return ['I1: the execution is not there']
  const { record } = seen
  const journal = record.journal.map((line) => JSON.parse(line) as JournalEvent)
  const state = fold(release.plan, record.acceptedAt, journal)
  const { running } = await shard.push({ config: release.config, releases: [] })
  const broken: [boolean, string][] = [
    [
      witness.ids.size !== 1 || count !== (scenario.executions ?? 1),
      `I1: ${witness.ids.size} ids were told, there are ${count} executions`,
    ],
    [witness.id !== record.id, 'I1: the sender was told another id'],
    [!(scenario.ends as readonly string[]).includes(record.status), `I2: it is ${record.status}`],
    [witness.tookMs > undisturbedMs + LOST_MS_MAX, `I2: it took ${witness.tookMs} ms, undisturbed ${undisturbedMs} ms`],
    [witness.tookMs < (scenario.tookMsMin ?? 0), `I6: it was over after ${witness.tookMs} ms`],
    [record.events !== journal.length, `I3: ${record.events} events are counted, ${journal.length} are there`],
    [state.status !== record.status, `I3: the journal leads to ${state.status}, the row says ${record.status}`],
    [record.pin !== 1, `I7: it ran on release ${record.pin}`],
    [running !== 0, `I9: ${running} slots are still held`],
    [witness.indexed !== record.status, `I11, I12: the index says ${witness.indexed}, the shard ${record.status}`],
    [
      witness.answers.some((it) => isTerminalStatus(it) && it !== record.status),
      `I11: the sender was told ${witness.answers.join()}`,
    ],
    [startsAfterStop(journal), 'I14: a stage start is journaled after the stop'],
    [heardTwice(journal), 'I3: a signal or the end of a child is journaled twice'],
    [differ(scenario.response, witness.responses), `the sender was answered ${JSON.stringify(witness.responses)}`],
  ]
  return [
    ...witness.broken,
    ...broken.filter(([isBroken]) => isBroken).map(([, words]) => words),
    ...judgeEffects(scenario, world),
    ...unfinished(release, state),
  ]
}

/** Executions of the shard; each must have ended. */
async function countFrom(shard: ShardHandle, organizationId: string): Promise<number> {
  for (let seq = 0; ; seq++) {
    const seen = await shard.peek({ organizationId, seq })
    if (seen === null || 'archived' in seen || !isTerminalStatus(seen.status)) return seq
  }
}

function heardTwice(journal: readonly JournalEvent[]): boolean {
  const facts = journal.filter(({ type }) => type === 'signal_received' || type === 'child_finished')
  return facts.length > 1
}

function differ(expected: Scenario['response'], seen: Witness['responses']): boolean {
  return seen.some(({ status, body }) => status !== expected?.status || body !== expected.body)
}

function startsAfterStop(journal: readonly JournalEvent[]): boolean {
  const stop = journal.findIndex(({ type }) => type === 'cancel_requested' || type === 'deadline_passed')
  return stop >= 0 && journal.slice(stop).some(({ type }) => type === 'stage_started')
}

/** One kill repeats at most what was under way; attempts of one effect are alike; first attempts keep their order. */
function judgeEffects(scenario: Scenario, { witness }: World): readonly string[] {
  const byKey = Map.groupBy(witness.effects, ({ key }) => key)
  const differing = [...byKey.values()].filter(
    (calls) => new Set(calls.map(({ method, url, body }) => `${method} ${url} ${body}`)).size > 1,
  )
  const expected = expectedEffects(scenario)
  const extra = [...byKey.values()].map((calls) => calls.length - (expected.get(calls[0]?.stage ?? '')?.times ?? 0))
  const repeats = extra.reduce((sum, n) => sum + Math.max(0, n), 0)
  const firsts = witness.effects.filter(({ nth }) => nth === 1).map(({ stage }) => stage)
  const places = firsts.map((stage) => expected.get(stage)?.place ?? -1)
  const inOrder = places.every((place, n) => n === 0 || place >= (places[n - 1] ?? 0))
  return [
    ...differing.map((calls) => `I5: attempts of ${calls[0]?.key} differ`),
    ...(repeats > (scenario.repeats ?? 1) ? [`I5: ${repeats} effects were repeated by one kill`] : []),
    ...(inOrder ? [] : [`I6: effects began in the order ${firsts.join()}`]),
  ]
}

/** How often each stage is sent when nothing goes wrong, and which come before which. */
export function expectedEffects({ effects }: Scenario): ReadonlyMap<string, { times: number; place: number }> {
  const places = effects.flatMap((step, place) => [step].flat().map((text) => ({ text, place })))
  return new Map(
    places.map(({ text, place }) => {
      const [stage = '', times = '1'] = text.split('×')
      return [stage, { times: Number(times), place }]
    }),
  )
}

/** Every stage has come to an end of its own (I6, I13). */
function unfinished(release: Release, state: ReturnType<typeof fold>): readonly string[] {
  return release.plan.order
    .filter((id) => ['pending', 'running', 'waiting'].includes(stageState(state, id).status))
    .map((id) => `I13: stage ${id} is ${stageState(state, id).status}`)
}

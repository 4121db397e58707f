import { ok } from '#core/kernel/result'
import { parseExecutionId } from '#core/model/execution-id'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Accepted } from '../../worker/ports/ingress'
import { DOCUMENTS, type SimulatedDocument } from './documents'
import { configOf, releaseOf } from './releases'
import type { Random } from './random'
import type { Timeline } from './timeline'
import type { World } from './world'

/** One call of somebody outside, and what they were told. */
export type Call = {
  readonly ref: string
  readonly key: string | null
  readonly told: Set<string>
}

const JOBS_WITHIN_MS = 60_000
const TRIES_MAX = 60
const PATIENCE_MS = 5_000

/** Sets up what one seed deploys, calls, cancels, signals and switches. Everything happens by itself as time passes. */
export function startWorkload(world: World, timeline: Timeline, random: Random): readonly Call[] {
  const names = [...DOCUMENTS.keys()] as [string, ...string[]]
  const chosen = new Set([random.pick(names), random.pick(names)])
  if (chosen.has('parent')) chosen.add('chain')
  const documents = [...chosen].map((name) => DOCUMENTS.get(name)).filter((document) => document !== undefined)
  for (const document of documents) deploy(world, document, random)
  const calls: Call[] = []
  for (const { ref, plan } of documents) {
    const jobs = random.between(1, 4)
    for (let job = 0; job < jobs; job++) {
      const call = { ref, key: random.chance(0.8) ? `key-${job}` : null, told: new Set<string>() }
      calls.push(call)
      const senders = call.key !== null && random.chance(0.2) ? 2 : 1
      const inline = plan.inline && random.chance(0.3)
      for (let sender = 0; sender < senders; sender++) {
        const at = random.between(0, JOBS_WITHIN_MS)
        timeline.in(at, () => void send(world, timeline, call, inline))
        if (random.chance(0.2)) timeline.in(at + random.between(0, 90_000), () => void cancel(world, timeline, call))
        if (random.chance(0.7)) timeline.in(at + random.between(0, 60_000), () => void signal(world, timeline, call))
      }
    }
    if (random.chance(0.3)) timeline.in(random.between(5_000, JOBS_WITHIN_MS), () => void release(world, timeline, ref))
  }
  return calls
}

function deploy(world: World, document: SimulatedDocument, random: Random): void {
  const { ref, plan } = document
  const releases = [releaseOf(document, 1)]
  const config: DeploymentConfig = {
    ...configOf(document, releases),
    shards: random.chance(0.2) ? 4 : 1,
    quota: plan.pure ? 1_000 : random.pick([1, 2, 5, 1_000]),
  }
  world.deployed.set(ref, { config, releases })
  for (let no = 0; no < config.shards; no++) world.platform(ref, no).host().push({ config, releases })
}

/** A second release goes live: every shard is told until it has heard. */
async function release(world: World, timeline: Timeline, ref: string): Promise<void> {
  const deployed = world.deployed.get(ref)
  const document = [...DOCUMENTS.values()].find((one) => one.ref === ref)
  if (deployed === undefined || document === undefined) return
  deployed.releases.unshift(releaseOf(document, 2))
  deployed.config = {
    ...deployed.config,
    epoch: 2,
    active: 2,
    releases: deployed.releases.map(({ summary }) => summary),
  }
  for (let no = 0; no < deployed.config.shards; no++) {
    await persist(timeline, () => world.platform(ref, no).handle(null).push(deployed))
  }
}

/** Calls as an outside system does: with its key again and again until it is told an execution, else once. */
async function send(world: World, timeline: Timeline, call: Call, inline: boolean): Promise<void> {
  for (let tries = 0; tries < (call.key === null ? 1 : TRIES_MAX); tries++) {
    // Another process of ours answers each time: the last one may be gone and never answer.
    const answer = await Promise.race([sendOnce(world, call, inline), timeline.sleep(30_000)]).catch(() => undefined)
    if (answer !== undefined) return void call.told.add(answer.id)
    await timeline.sleep(1_000)
  }
}

async function sendOnce(world: World, call: Call, inline: boolean): Promise<Accepted | undefined> {
  const ingress = world.ingress(world.process('door'))
  const accepted = await ingress.accept<never>(call.ref, call.key, async (config) =>
    ok({
      pin: config.active ?? 0,
      cause: { type: 'webhook', triggerId: 'webhook', actor: null, ...(inline && { answers: true as const }) },
      payload: '{}',
      claim: inline,
      ...(call.key !== null && { key: call.key, fingerprint: 'same' }),
    }),
  )
  if (!accepted.ok) return undefined
  const { id } = accepted.value
  if (inline) {
    const completion = ingress.complete(accepted.value, PATIENCE_MS)
    void completion.then(({ status }) => world.witness.ended(id, status))
  }
  return accepted.value
}

async function cancel(world: World, timeline: Timeline, { told }: Call): Promise<void> {
  const [id] = told
  const request = { organizationId: 'org_simulated', reason: 'stop', actor: null }
  if (id !== undefined) await onShard(world, timeline, id, (shard, seq) => shard.cancel({ ...request, seq }))
}

async function signal(world: World, timeline: Timeline, { told }: Call): Promise<void> {
  const [id] = told
  const request = { organizationId: 'org_simulated', name: 'go', signalId: 'once', payload: '{"choice":"yes"}' }
  if (id !== undefined)
    await onShard(world, timeline, id, (shard, seq) => shard.signal({ ...request, seq, actor: null }))
}

function onShard(
  world: World,
  timeline: Timeline,
  id: string,
  call: (shard: ReturnType<ReturnType<World['shardsOf']>>, seq: number) => Promise<unknown>,
): Promise<void> {
  const { ref = '', shard = 0, seq = 0 } = parseExecutionId(id) ?? {}
  return persist(timeline, () => call(world.platform(ref, shard).handle(null), seq))
}

async function persist(timeline: Timeline, call: () => Promise<unknown>): Promise<void> {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    try {
      await call()
      return
    } catch {
      await timeline.sleep(500)
    }
  }
}

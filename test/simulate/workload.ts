import { ok } from '#core/kernel/result'
import { parseExecutionId } from '#core/model/execution-id'
import type { Accepted } from '../../worker/ports/ingress'
import { SimulatedDeployment } from './deployment'
import { DOCUMENTS, type SimulatedDocument } from './documents'
import { ORGANIZATION_ID } from './releases'
import type { Random } from './random'
import type { Timeline } from './timeline'
import type { World } from './world'

/** One call of somebody outside, and what they were told. */
export type Call = {
  readonly ref: string
  readonly key: string | null
  /** Run inside the request that starts it. */
  readonly inline: boolean
  /** Arrives in a batch with others. */
  readonly gathers: boolean
  readonly concurrencyKey: string | null
  /** Not worth starting later than this after it was sent. */
  readonly ttlMs: number | null
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
  const calls: Call[] = []
  for (const document of documents) {
    const deployment = deploy(world, document, timeline, random)
    const jobs = random.between(1, 4)
    for (let job = 0; job < jobs; job++) {
      const call = callOf(document, job, deployment.limits.concurrency, random)
      calls.push(call)
      const senders = call.key !== null && random.chance(0.2) ? 2 : 1
      for (let sender = 0; sender < senders; sender++) {
        const at = random.between(0, JOBS_WITHIN_MS)
        timeline.in(at, () => void send(world, timeline, call))
        if (random.chance(0.2)) timeline.in(at + random.between(0, 90_000), () => void cancel(world, timeline, call))
        if (random.chance(0.7)) timeline.in(at + random.between(0, 60_000), () => void signal(world, timeline, call))
      }
    }
    const at = () => random.between(5_000, JOBS_WITHIN_MS)
    if (random.chance(0.3)) timeline.in(at(), () => deployment.change({ kind: 'release', pin: 2 }))
    const shards = deployment.limits.shards * 4
    if (random.chance(0.3)) timeline.in(at(), () => deployment.change({ kind: 'scale', shards }))
  }
  return calls
}

function callOf({ ref, plan }: SimulatedDocument, job: number, concurrency: number | null, random: Random): Call {
  return {
    ref,
    key: random.chance(0.8) ? `key-${job}` : null,
    inline: plan.inline && random.chance(0.3),
    gathers: random.chance(0.2),
    concurrencyKey: concurrency === null ? null : random.pick(['a', 'b']),
    ttlMs: random.chance(0.05) ? random.between(1_000, 30_000) : null,
    told: new Set<string>(),
  }
}

function deploy(world: World, document: SimulatedDocument, timeline: Timeline, random: Random): SimulatedDeployment {
  const { ref, plan } = document
  const limits = {
    quota: plan.pure ? random.pick([1, 1_000]) : random.pick([1, 2, 5, 1_000]),
    concurrency: random.chance(0.2) ? random.pick([1, 2]) : null,
    shards: random.pick([1, 1, 4]),
  }
  const shard = (no: number) => world.platform(ref, no).handle(null)
  const deployment = new SimulatedDeployment(document, limits, timeline, shard)
  world.deployed.set(ref, deployment)
  void deployment.push()
  return deployment
}

/** Calls as an outside system does: with its key again and again until it is told an execution, else once. */
async function send(world: World, timeline: Timeline, call: Call): Promise<void> {
  for (let tries = 0; tries < (call.key === null ? 1 : TRIES_MAX); tries++) {
    // Another process of ours answers each time: the last one may be gone and never answer.
    const answer = await Promise.race([sendOnce(world, call), timeline.sleep(30_000)]).catch(() => undefined)
    if (answer !== undefined) return void call.told.add(answer.id)
    await timeline.sleep(1_000)
  }
}

async function sendOnce(world: World, call: Call): Promise<Accepted | undefined> {
  const process = world.process('door')
  const { key, inline, concurrencyKey, ttlMs } = call
  const ingress = call.gathers ? world.ingress(process).gathering() : world.ingress(process)
  const accepted = await ingress.accept<never>(call.ref, concurrencyKey ?? key, async (config) =>
    ok({
      pin: config.active ?? 0,
      cause: {
        type: 'webhook',
        triggerId: 'webhook',
        actor: null,
        ...(inline && { answers: true }),
        ...(concurrencyKey !== null && { concurrencyKey }),
        ...(ttlMs !== null && { startBy: process.clock() + ttlMs }),
      },
      payload: '{}',
      claim: inline,
      ...(key !== null && { key, fingerprint: 'same' }),
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
  const request = { organizationId: ORGANIZATION_ID, reason: 'stop', actor: null }
  if (id !== undefined) await onShard(world, timeline, id, (shard, seq) => shard.cancel({ ...request, seq }))
}

async function signal(world: World, timeline: Timeline, { told }: Call): Promise<void> {
  const [id] = told
  const request = { organizationId: ORGANIZATION_ID, name: 'go', signalId: 'once', payload: '{"choice":"yes"}' }
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

import { env } from 'cloudflare:workers'
import { compilePlan } from '#core/definition/plan'
import { Workflow } from '#core/definition/document'
import type { HttpAnswer, HttpRequest } from '#core/components/context'
import type { Json } from '#core/kernel/json'
import type { DeploymentConfig } from '#core/model/deployment-config'
import type { Failure } from '#core/model/failure'
import type { AcceptRequest } from '#core/shard/wire'
import { createVault } from '../../../worker/adapters/crypto/vault'
import { createDoorbells } from '../../../worker/adapters/queue/doorbells'
import { createOutputStore } from '../../../worker/adapters/r2/output-store'
import { sleep } from '../../../worker/adapters/timers/sleep'
import type { ShardHandle } from '../../../worker/ports/shards'
import { createReleaseCache } from '../../../worker/services/runner/release-cache'
import type { RunnerDeps } from '../../../worker/services/runner/runner-deps'
import { serveDoorbell } from '../../../worker/services/runner/serve-doorbell'
import { environmentPurpose } from '../../../worker/services/sealed-environment'
import { runner } from '../code/run-code'
import { acceptRequest, accepted, deploymentConfig, releaseParts, seqOf } from './open-shard'

/** The outside network of a test: answers by URL, remembers what was sent. */
export type FakeNetwork = {
  readonly sent: HttpRequest[]
  answer: (request: HttpRequest, signal: AbortSignal | undefined) => HttpAnswer | Promise<HttpAnswer>
}

export function ok(body: Json = {}): HttpAnswer {
  return {
    kind: 'response',
    status: 200,
    headers: { 'content-type': 'application/json' },
    text: JSON.stringify(body),
    durationMs: 1,
  }
}

export function fakeNetwork(): FakeNetwork {
  return { sent: [], answer: () => ok() }
}

/** Of a runner that stopped dead: nothing wakes it any more, so nothing it would do later reaches the shard. */
export const dead = { sleep: () => new Promise<void>(() => undefined) }

/** A runner of its own on a fake network; everything else is real. */
export function runnerOn(network: FakeNetwork): RunnerDeps {
  return {
    clock: Date.now,
    sleep,
    http: async (request, signal) => {
      network.sent.push(request)
      return network.answer(request, signal)
    },
    ai: async () => ({ kind: 'failed', failure: { code: 'ai_unavailable', message: 'none' }, durationMs: 0 }),
    code: runner,
    outputs: createOutputStore(env.BUCKET),
    releases: createReleaseCache(createVault(env.MASTER_KEY)),
    doorbells: createDoorbells([]),
    startChild: async () => ({ kind: 'failed', failure: { code: 'workflow_unknown', message: 'none' } }),
    signalLinks: async () => ({}),
    secretAccess: { note: () => undefined },
    report: () => undefined,
  }
}

/** The shard, but for the calls that go through something else. */
function reach(handle: ShardHandle, through: Partial<ShardHandle>): ShardHandle {
  return new Proxy(handle, {
    get: (target, name: keyof ShardHandle) =>
      through[name] ?? ((request: never) => (target[name] as (request: never) => unknown)(request)),
  })
}

/** A shard of its own with a document live in it. Executions are started and served by hand. */
export async function publish(
  document: Json,
  environment: {
    variables?: Record<string, string>
    secrets?: Record<string, string>
    hosts?: Record<string, string[]>
  } = {},
  changes: Partial<DeploymentConfig> = {},
) {
  const workflow = Workflow.parse(document)
  const plan = compilePlan(workflow)
  const base = deploymentConfig(changes)
  const { secrets = {}, variables = {}, hosts = {} } = environment
  const sealed = JSON.stringify({ variables, secrets, masked: secrets, hosts })
  const parts = {
    ...releaseParts(1, { pure: plan.pure, inline: plan.inline, timeoutMs: plan.settings.timeout_ms }),
    document: JSON.stringify(workflow),
    environment: await createVault(env.MASTER_KEY).seal(environmentPurpose(base), sealed),
  }
  const config = { ...base, releases: [parts.summary] }
  const stub = env.SHARDS.getByName(`dep:${config.ref}:0`)
  const handle = stub as unknown as ShardHandle
  await handle.push({ config, releases: [parts] })
  const scope = { organizationId: config.organizationId }
  return {
    config,
    stub,
    handle,
    plan,
    parts,
    async start(input: Json = {}, changes: Partial<AcceptRequest> = {}): Promise<number> {
      return seqOf(accepted(await handle.accept(acceptRequest({ payload: JSON.stringify(input), ...changes }))).id)
    },
    /** `through`: what stands between the runner and its shard, such as a line that breaks. */
    serve: (deps: RunnerDeps, through: Partial<ShardHandle> = {}) =>
      serveDoorbell(deps, { ref: config.ref, no: 0, open: () => reach(handle, through) }),
    async end(seq: number): Promise<{ status: string; output: Json; error: Failure | null }> {
      const seen = await handle.peek({ ...scope, seq })
      if (seen === null || 'archived' in seen) throw new Error('The execution is not in its shard.')
      return {
        ...(JSON.parse(seen.result ?? '{"output":null,"error":null}') as { output: Json; error: Failure | null }),
        status: seen.status,
      }
    },
    async journal(seq: number): Promise<readonly { type: string; stage?: string }[]> {
      const seen = await handle.read({ ...scope, seq })
      if (seen === null || !('record' in seen)) throw new Error('The execution is not in its shard.')
      return seen.record.journal.map((line) => JSON.parse(line) as { type: string; stage?: string })
    },
  }
}

import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { ActivateAnswer, ActivateRequest } from '#core/release/wire'
import type { DeploymentHandle } from '../../worker/ports/deployments'
import type { ShardHandle } from '../../worker/ports/shards'
import { type testDeployment } from '../workerd/support/test-deployment'
import { type Kill, type KillPoints, killPointsOf, type Process } from './kill-points'
import { alarmAt, ringAlarm } from './platform-alarms'
import { settle } from './settle'
import { VirtualTime } from './virtual-time'

const SWEEP_EVERY_MS = 60_000
/** Long enough for every retry, and for the sweep to come twice. */
const WATCHED_MS = 150_000
const CALLS_MAX = 10

export type Deployment = ReturnType<typeof testDeployment>

/** One deployment with its home shard, a caller and a clock. */
export class DeploymentWorld {
  readonly time: VirtualTime
  readonly points: KillPoints
  readonly #deployment: Deployment

  constructor(deployment: Deployment, startAt: number) {
    this.#deployment = deployment
    this.points = killPointsOf(deployment.identity.ref)
    this.time = new VirtualTime(startAt)
  }

  /** Stubs that saw nothing break yet. */
  readonly deploymentStub = () => env.DEPLOYMENTS.getByName(`dep:${this.#deployment.identity.ref}`)
  readonly shardStub = () => env.SHARDS.getByName(`dep:${this.#deployment.identity.ref}:0`)

  handle(): DeploymentHandle {
    return this.deploymentStub() as unknown as DeploymentHandle
  }

  shard(): ShardHandle {
    return this.shardStub() as unknown as ShardHandle
  }

  /** From here on calls count; `kill` is done at one of them. */
  arm(kill: Kill | null): void {
    this.points.arm(kill)
  }

  /** Asks for a change until it is answered, always with the same key. */
  async activate(request: ActivateRequest): Promise<ActivateAnswer | null> {
    for (let calls = 0; calls < CALLS_MAX; calls++) {
      const caller: Process = { name: 'caller', isDead: () => false, die: () => undefined }
      const call = () => this.points.overLine(() => this.handle().activate(request))
      const answer = await this.points.later(caller, 'rpc activate', call).catch(() => null)
      if (answer !== null) return answer
    }
    return null
  }

  /** Lets time pass: alarms ring when they are due, and once a minute the sweep comes by. */
  async watch(): Promise<void> {
    const endAt = this.time.now + WATCHED_MS
    let sweepAt = this.time.now + SWEEP_EVERY_MS
    while (this.time.now < endAt) {
      await settle(this.points)
      const objects = [this.deploymentStub, this.shardStub]
      const alarms = await Promise.all(objects.map((open) => alarmAt(open())))
      const due = [...alarms.filter((at) => at !== null), sweepAt, endAt]
      this.time.moveTo(Math.max(this.time.now + 1, Math.min(...due)))
      for (const [n, open] of objects.entries()) {
        if ((alarms[n] ?? Infinity) <= this.time.now) await ringAlarm(open, this.time.now)
      }
      if (sweepAt > this.time.now) continue
      sweepAt += SWEEP_EVERY_MS
      await this.handle()
        .poke()
        .catch(() => undefined)
    }
    await settle(this.points)
    this.points.disarm()
  }

  /** The ledger of its schedules. */
  fires(): Promise<readonly { nominal_at: number; outcome: string; execution_id: string | null }[]> {
    return runInDurableObject(this.deploymentStub(), (_object, { storage }) =>
      storage.sql
        .exec<{ nominal_at: number; outcome: string; execution_id: string | null }>(
          'SELECT nominal_at, outcome, execution_id FROM fire ORDER BY nominal_at',
        )
        .toArray(),
    )
  }
}

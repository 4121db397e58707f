import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { HttpAnswer, HttpRequest } from '#core/components/context'
import { ok } from '#core/kernel/result'
import type { Ingress } from '../../worker/ports/ingress'
import type { ShardHandle, Shards } from '../../worker/ports/shards'
import type { RunnerDeps } from '../../worker/services/runner/runner-deps'
import { serveDoorbell } from '../../worker/services/runner/serve-doorbell'
import { startChild } from '../../worker/services/start-child'
import { ingressTo } from '../workerd/support/ingress-to'
import { fakeNetwork, ok as success, type publish, runnerOn } from '../workerd/support/run-release'
import { childDeps } from './child-deps'
import { doorbellsOf } from './doorbells'
import { type Kill, killPointsOf, type Process } from './kill-points'
import { alarmAt, ringAlarm } from './platform-alarms'
import type { Effect, Scenario } from './scenario'
import { settle } from './settle'
import { VirtualTime } from './virtual-time'
import { Witness } from './witness'

const SWEEP_EVERY_MS = 60_000
const SEND_AGAIN_MS = 1_000
const SIGNAL_AFTER_MS = 10_000
const PATIENCE_MS = 30_000
const GIVE_UP_AFTER_MS = 30 * 60_000
const SENDS_MAX = 10
const FOREVER: Process = { name: 'world', isDead: () => false, die: () => undefined }

type Mortal = Process & { readonly died: Promise<null> }

export type Release = Awaited<ReturnType<typeof publish>>

/** One release, its senders, runners, queue and clock: everything around a real shard, driven step by step. */
export class World {
  readonly witness = new Witness()
  readonly time: VirtualTime
  readonly #release: Release
  readonly #scenario: Scenario
  readonly #points
  readonly #bells
  readonly #startedAt: number
  #sweepAt: number
  #nonces = 0
  #indexWrites = 0
  #sent = false

  constructor(release: Release, scenario: Scenario, startAt: number) {
    this.#release = release
    this.#scenario = scenario
    this.#points = killPointsOf(release.config.ref)
    this.#bells = doorbellsOf(release.config.ref)
    this.time = new VirtualTime(startAt)
    this.#startedAt = startAt
    this.#sweepAt = startAt + SWEEP_EVERY_MS
  }

  get #first() {
    return { organizationId: this.#release.config.organizationId, seq: 0 }
  }

  get hasKilled(): boolean {
    return this.#points.hasKilled
  }

  get calls(): readonly string[] {
    return this.#points.calls
  }

  /** Sends the call that starts the execution, and lets everything happen until it is over and in the index. */
  async run(kill: Kill | null): Promise<void> {
    this.#points.arm(kill)
    void this.#send()
    while (!(await this.#isOver())) {
      if (this.time.now - this.#startedAt > GIVE_UP_AFTER_MS) break
      await this.#step()
    }
    this.witness.tookMs = this.time.now - this.#startedAt
    this.#points.disarm()
    await this.#goOn()
  }

  /** After the end: doorbells and alarms that come late must change nothing. */
  async #goOn(): Promise<void> {
    this.#startRunner()
    await this.#settle()
    for (let n = 0; n < 3; n++) {
      await this.#step()
      await this.#settle()
    }
  }

  async #isOver(): Promise<boolean> {
    await this.#settle()
    const { id } = this.witness
    if (!this.#sent || id === null || this.#points.indexWrites === this.#indexWrites) return false
    this.#indexWrites = this.#points.indexWrites
    const row = await env.DB.prepare('SELECT status FROM executions WHERE id = ?').bind(id).first<{ status: string }>()
    this.witness.indexed = row?.status ?? null
    return row !== null && !['pending', 'running', 'waiting'].includes(row.status)
  }

  /** What comes next: a doorbell that is on its way, or else the earliest instant at which anything is due. */
  async #step(): Promise<void> {
    if (this.#bells.rung > 0) {
      this.#bells.rung -= 1
      return this.#startRunner()
    }
    const ringsAt = await alarmAt(this.#stub())
    const due = [this.time.nextAt(), ringsAt, this.#sweepAt].filter((at) => at !== null)
    this.time.moveTo(Math.min(...due))
    if (ringsAt !== null && ringsAt <= this.time.now) await ringAlarm(() => this.#stub(), this.time.now)
    if (this.#sweepAt <= this.time.now) {
      this.#sweepAt += SWEEP_EVERY_MS
      await this.shard()
        .poke()
        .catch(() => undefined)
    }
  }

  #settle(): Promise<void> {
    return settle(this.#points)
  }

  #stub() {
    return env.SHARDS.getByName(`dep:${this.#release.config.ref}:0`)
  }

  /** Its shard, by a stub that saw nothing break yet. */
  shard(): ShardHandle {
    return this.#stub() as unknown as ShardHandle
  }

  #process(name: string): Mortal {
    const { promise, resolve } = Promise.withResolvers<null>()
    let isDead = false
    const die = () => {
      isDead = true
      resolve(null)
    }
    return { name, isDead: () => isDead, die, died: promise }
  }

  /** The shard as a process on the network reaches it. */
  #shards(process: Process): Shards {
    return () =>
      new Proxy({} as ShardHandle, {
        get: (_, method: keyof ShardHandle) => (request: never) =>
          this.#points.later(process, `rpc ${method}`, async () => {
            const call = this.shard()[method] as (request: never) => Promise<unknown>
            const answer = await this.#points.overLine(() => call(request))
            this.witness.heard(method, request, answer)
            return answer
          }),
      })
  }

  #runner(process: Process): RunnerDeps {
    const base = runnerOn(fakeNetwork())
    const points = this.#points
    return {
      ...base,
      clock: () => this.time.now,
      sleep: (ms, signal) => this.time.sleep(process, ms, signal),
      http: (request, signal) => this.#fetch(process, request, signal),
      doorbells: {
        ring: async (_place, count) => {
          const send = async () => void (this.#bells.rung += Math.max(0, count))
          if (count > 0) await points.later(process, 'queue', send).catch(() => undefined)
        },
      },
      startChild: (parent, request) =>
        startChild(childDeps(this.#ingress(process), this.#release.config.ref), parent, request),
      releases: {
        ...base.releases,
        load: (config, parts) => points.during(process, () => base.releases.load(config, parts)),
      },
    }
  }

  /** The network of a runner. Like the real one it answers failures and never throws. */
  async #fetch(process: Process, request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    let hangs = false
    const send = async () => {
      const effect = this.witness.arrived(request)
      await this.#disturb(effect)
      const answer = this.#scenario.answer?.(effect) ?? success()
      hangs = answer === 'hang'
      return answer === 'hang' ? success() : answer
    }
    const lost = { code: 'http_connection_failed', message: 'The connection was lost.' }
    const answer = await this.#points
      .later(process, 'fetch', send)
      .catch(() => ({ kind: 'failed', failure: lost, durationMs: 1 }) as const)
    if (!hangs) return answer
    await this.time.sleep(process, request.timeoutMs, signal)
    return { kind: 'failed', failure: { code: 'http_timeout', message: 'Nobody answered.' }, durationMs: 1 }
  }

  async #disturb(effect: Effect): Promise<void> {
    const what = this.#scenario.disturbs?.(effect)
    if (what === 'restart')
      await runInDurableObject(this.#stub(), (_object, ctx) => ctx.abort('restarted')).catch(() => undefined)
    if (what === 'cancel') await this.#cancel()
  }

  /** Calls the shard, as a process of its own each time, until it answers. */
  async #insist(name: string, call: (shard: ShardHandle) => Promise<unknown>): Promise<void> {
    for (let tries = 0; tries < SENDS_MAX; tries++) {
      const process = this.#process(name)
      const answer = await Promise.race([call(this.#shards(process)('', 0)), process.died]).catch(() => null)
      if (answer !== null) return
    }
  }

  #cancel(): Promise<void> {
    const request = { ...this.#first, reason: 'stop', actor: null }
    return this.#insist('canceller', (shard) => shard.cancel(request))
  }

  async #signal(name: string): Promise<void> {
    await this.time.sleep(FOREVER, SIGNAL_AFTER_MS)
    const request = { ...this.#first, name, signalId: 'key:go', payload: '"yes"', actor: null }
    for (let times = 0; times < 2; times++) await this.#insist('signaller', (shard) => shard.signal(request))
  }

  #startRunner(): void {
    const process = this.#process('runner')
    const open = () => this.#shards(process)(this.#release.config.ref, 0)
    const serving = serveDoorbell(this.#runner(process), { ref: this.#release.config.ref, no: 0, open })
    serving.catch(() => undefined)
  }

  /** The outside system calls until it is told an execution, always with the same key. */
  async #send(): Promise<void> {
    for (let tries = 0; tries < SENDS_MAX && !this.#sent; tries++) {
      const process = this.#process('sender')
      await Promise.race([this.#sendOnce(process), process.died]).catch(() => undefined)
      if (!this.#sent) await this.time.sleep(FOREVER, SEND_AGAIN_MS)
    }
  }

  async #sendOnce(process: Process): Promise<void> {
    const { timeoutMs, waits = false, warm = false, signal } = this.#scenario
    const { config, parts } = this.#release
    const runner = this.#runner(process)
    if (warm) await runner.releases.load(config, parts)
    const ingress = this.#ingress(process, runner)
    const accepted = await ingress.accept(config.ref, 'order-7', async () =>
      ok({
        pin: 1,
        cause: { type: 'webhook' as const, triggerId: 'webhook', actor: null, ...(waits && { answers: true }) },
        payload: '{"n":1}',
        key: 'order-7',
        fingerprint: 'same',
        claim: waits,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      }),
    )
    if (!accepted.ok) return
    this.witness.told(accepted.value.id)
    if (signal !== undefined) void this.#signal(signal)
    if (waits) {
      const { status, response } = await ingress.complete(accepted.value, PATIENCE_MS)
      this.witness.answered(status, response)
    }
    this.#sent = true
  }

  #ingress(process: Process, runner = this.#runner(process)): Ingress {
    const { ref } = this.#release.config
    return ingressTo(this.#shards(process), runner, {
      clock: () => this.time.now,
      nonce: () => `${ref}-${this.#nonces++}`,
    })
  }
}

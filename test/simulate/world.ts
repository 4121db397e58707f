/**
 * Owns: everything around the shards of one run — index, archive, queue, runners, doors.
 * Talks to: the shipped runner and ingress, as processes that die, stall and lose their line.
 */
import type { ExecutionSummary } from '#core/shard/summary'
import type { ArchivedExecution } from '#core/shard/archive'
import type { ChildAnswer } from '#core/components/context'
import type { Ingress } from '../../worker/ports/ingress'
import type { Shards } from '../../worker/ports/shards'
import { createConfigCache } from '../../worker/services/config-cache'
import { createIngress } from '../../worker/services/ingress'
import type { ChildOf, RunnerDeps } from '../../worker/services/runner/runner-deps'
import { serveDoorbell } from '../../worker/services/runner/serve-doorbell'
import { startChild } from '../../worker/services/start-child'
import type { Chaos } from './chaos'
import type { SimulatedDeployment } from './deployment'
import { DOCUMENTS } from './documents'
import { ShardPlatform } from './platform'
import { SimulatedOrganization } from './organization'
import { createProcess, type Process } from './process'
import type { Random } from './random'
import { releases, vault } from './releases'
import { createSink, type Sink } from './sink'
import type { Timeline } from './timeline'
import { createWitness, type Witness } from './witness'

const SWEEP_EVERY_MS = 60_000
const LATE_BELL_MS_MAX = 20_000
const STORE_MS_MAX = 30
/** What the organization of a run may lend: nothing, too little, enough. */
const SLOTS_LENT = [0, 1, 2, 4, 1_000] as const

export class World {
  readonly index = new Map<string, ExecutionSummary>()
  readonly archive = new Map<string, readonly ArchivedExecution[]>()
  readonly deployed = new Map<string, SimulatedDeployment>()
  readonly faults: string[] = []
  readonly witness: Witness
  readonly sink: Sink
  readonly organization: SimulatedOrganization
  readonly #timeline: Timeline
  readonly #chaos: Chaos
  readonly #random: Random
  readonly #shards = new Map<string, ShardPlatform>()
  #processes = 0
  #nonces = 0

  constructor(timeline: Timeline, chaos: Chaos, random: Random) {
    this.#timeline = timeline
    this.#chaos = chaos
    this.#random = random
    this.organization = new SimulatedOrganization(random.pick(SLOTS_LENT), {
      timeline,
      chaos,
      random,
      shards: (ref, no) => this.platform(ref, no).handle(null),
      report: this.#report,
    })
    this.witness = createWitness(timeline, this.deployed, () => this.organization.limit + this.#shards.size)
    this.sink = createSink(timeline, chaos, random)
  }

  process(kind: string): Process {
    return createProcess(`${kind}-${this.#processes++}`, this.#timeline, this.#chaos, this.#random)
  }

  platforms(): readonly ShardPlatform[] {
    return [...this.#shards.values()]
  }

  platform(ref: string, no: number): ShardPlatform {
    const place = `${ref}:${no}`
    const known = this.#shards.get(place)
    if (known !== undefined) return known
    const { witness } = this
    const platform = new ShardPlatform({
      ref,
      no,
      timeline: this.#timeline,
      chaos: this.#chaos,
      random: this.#random,
      doorbells: { ring: async (bell, count) => this.#ring(bell.ref, bell.shard, count) },
      peers: (peer, peerNo) => this.platform(peer, peerNo).handle(null),
      slotsOf: () => this.organization.handle(),
      outside: this.#outside(),
      heard: witness.heard,
      changed: witness.changed,
      report: this.#report,
    })
    this.#shards.set(place, platform)
    this.#sweep(platform)
    return platform
  }

  shardsOf(process: Process): Shards {
    return (ref, no) => this.platform(ref, no).handle(process)
  }

  /** The way in, as one process offers it. */
  ingress(process: Process): Ingress {
    const shards = this.shardsOf(process)
    return createIngress({
      clock: process.clock,
      nonce: () => `nonce-${this.#nonces++}`,
      configs: createConfigCache(shards, process.clock),
      shards,
      deployments: (ref) =>
        ({
          provide: ({ pin, shard }: { pin: number; shard: number }) => this.#provide(process, ref, shard, pin),
        }) as never,
      runner: this.#runner(process),
      archive: { read: async () => null },
      triggerLimit: async () => [],
      background: (work) => void work.catch(() => undefined),
    })
  }

  #provide(process: Process, ref: string, no: number, pin: number): Promise<boolean> {
    return process.reach(async () => (await this.deployed.get(ref)?.provide(no, pin)) ?? false)
  }

  readonly #report = (event: string, facts: Readonly<Record<string, string | number>>): void => {
    const error = String(facts['error'] ?? '')
    if (
      /^(Error: (The line is broken|The object was reset|The process is gone|The store is down|It is too late to send this)|$)/.test(
        error,
      )
    )
      return
    this.faults.push(`${event}: ${error}`)
  }

  /** The platform's cron, which touches every shard now and then. */
  #sweep(platform: ShardPlatform): void {
    this.#timeline.in(SWEEP_EVERY_MS, () => {
      platform
        .handle(null)
        .poke()
        .catch(() => undefined)
      this.#sweep(platform)
    })
  }

  #ring(ref: string, no: number, count: number): void {
    for (let bell = 0; bell < count; bell++) {
      if (this.#chaos.strikes('doorbell_lost')) continue
      const times = this.#chaos.strikes('doorbell_repeated') ? 2 : 1
      for (let time = 0; time < times; time++) {
        const ms = this.#random.between(1, this.#chaos.strikes('doorbell_late') ? LATE_BELL_MS_MAX : 20)
        this.#timeline.in(ms, () => this.#startRunner(ref, no))
      }
    }
  }

  #startRunner(ref: string, no: number): void {
    const process = this.process('runner')
    const shards = this.shardsOf(process)
    serveDoorbell(this.#runner(process), { ref, no, open: () => shards(ref, no) }).catch((error: unknown) =>
      this.#report('doorbell_failed', { error: String(error) }),
    )
  }

  #runner(process: Process): RunnerDeps {
    return {
      clock: process.clock,
      sleep: process.sleep,
      http: (request, signal) => process.reach(() => this.sink.send(process, request, signal)),
      ai: async () => ({ kind: 'failed', failure: { code: 'none', message: 'none' }, durationMs: 0 }),
      code: async () => ({ kind: 'failed', failure: { code: 'none', message: 'none' }, durationMs: 0 }) as never,
      outputs: { put: async () => undefined, get: async () => null },
      releases,
      doorbells: { ring: async (bell, count) => this.#ring(bell.ref, bell.shard, count) },
      startChild: (parent, request) => this.#startChild(process, parent, request),
      signalLinks: async () => ({}),
      secretAccess: { note: () => undefined },
      report: this.#report,
    }
  }

  /** The catalogue of workflows is never in doubt here: what is tried is the way between the shards. */
  #startChild(
    process: Process,
    parent: ChildOf,
    request: Parameters<RunnerDeps['startChild']>[1],
  ): Promise<ChildAnswer> {
    const found = DOCUMENTS.get(request.workflow)
    const stores = {
      workflows: { list: async () => ({ items: [{ id: found?.name }] }), find: async () => null },
      deployments: { findByPlace: async () => ({ ref: found?.ref, snapshot: {} }) },
    }
    const ingress = this.ingress(process)
    const digest = (...texts: readonly string[]) => texts.join('')
    return startChild(
      { storesOf: () => stores as never, ingress, vault, digest, report: this.#report },
      parent,
      request,
    )
  }

  #outside() {
    const later = () => this.#timeline.sleep(this.#random.between(1, STORE_MS_MAX))
    const chaos = this.#chaos
    return {
      index: {
        upsert: async (summaries: readonly ExecutionSummary[]) => {
          await later()
          if (chaos.strikes('index_fails')) throw new Error('The store is down.')
          for (const one of summaries) if ((this.index.get(one.id)?.rev ?? -1) < one.rev) this.index.set(one.id, one)
          this.witness.indexed(summaries)
          if (chaos.strikes('index_fails_after')) throw new Error('The store is down.')
        },
      },
      deadLetters: { add: async (letters: readonly { id: string }[]) => letters.map(({ id }) => id) },
      blocks: {
        write: async (key: string, executions: readonly ArchivedExecution[]) => {
          await later()
          if (chaos.strikes('archive_fails')) throw new Error('The store is down.')
          this.archive.set(key, executions)
        },
        writeOne: async (key: string, execution: ArchivedExecution) => {
          await later()
          if (chaos.strikes('archive_fails')) throw new Error('The store is down.')
          this.archive.set(key, [execution])
        },
        read: async () => null,
      },
    }
  }
}

/**
 * Owns: the platform under one shard — its disk, its one alarm, its lives, and the line to it.
 * Talks to: the shard's own code (shard-host), and tells the witness what became durable.
 */
import type { EpochMs } from '#core/kernel/time'
import type { ShardHandle } from '../../worker/ports/shards'
import type { Chaos } from './chaos'
import { createMemoryDisk } from './memory-store'
import type { Process } from './process'
import type { Random } from './random'
import { type Life, type LifePorts, startLife } from './shard-life'

const CALL_MS_MAX = 15
const SLOW_CALL_MS_MAX = 4_000
const LATE_ALARM_MS_MAX = 30_000
/** A handler that broke is called again (platform facts on alarms). */
const ALARM_AGAIN_MS = 2_000

export type Heard = {
  readonly ref: string
  readonly no: number
  readonly method: string
  readonly request: unknown
  readonly answer: unknown
  readonly by: Process | null
  readonly host: Life['host']
}

export type PlatformPorts = Omit<LifePorts, 'disk' | 'setAlarm'> & {
  readonly ref: string
  readonly chaos: Chaos
  readonly random: Random
  /** Told what a call did, at the moment it is durable and before the answer leaves. */
  readonly heard: (heard: Heard) => void
  /** Told after anything may have changed. */
  readonly changed: (host: Life['host']) => void
}

type Method = Exclude<keyof ShardHandle, 'erase' | 'purge' | 'reindex'>

export class ShardPlatform {
  readonly #ports: PlatformPorts
  readonly #disk = createMemoryDisk()
  #armedAt: EpochMs | null = null
  #life: Life | null = null

  constructor(ports: PlatformPorts) {
    this.#ports = ports
  }

  /** The shard as a process reaches it; null = as another shard does. */
  handle(by: Process | null): ShardHandle {
    return new Proxy({} as ShardHandle, {
      get: (_, method: Method) => (request: unknown) => {
        const call = () => this.#call(method, request, by)
        return by === null ? call() : by.reach(call)
      },
    })
  }

  /** Its code and memory as they are now, for who judges. */
  host(): Life['host'] {
    return this.#alive().host
  }

  async #call(method: Method, request: unknown, by: Process | null): Promise<unknown> {
    const { timeline, chaos, heard, changed, ref, no } = this.#ports
    await timeline.sleep(this.#lineMs())
    if (chaos.strikes('call_lost')) throw new Error('The line is broken.')
    const life = this.#alive()
    if (chaos.strikes('shard_dies_before_commit')) life.doom()
    const { host } = life
    const answer = await (method === 'poke' ? host.poke(this.#armedFor(life)) : host[method](request as never))
    if (life.isOver()) throw new Error('The object was reset.')
    heard({ ref, no, method, request, answer, by, host })
    changed(host)
    if (chaos.strikes('shard_dies_after_commit')) this.#end(life)
    if (life.isOver()) throw new Error('The object was reset.')
    await timeline.sleep(this.#lineMs())
    if (chaos.strikes('answer_lost')) throw new Error('The line is broken.')
    return answer
  }

  #lineMs(): number {
    const { chaos, random } = this.#ports
    return random.between(1, chaos.strikes('call_slow') ? SLOW_CALL_MS_MAX : CALL_MS_MAX)
  }

  #alive(): Life {
    if (this.#life === null || this.#life.isOver()) {
      const jumps = this.#ports.chaos.strikes('shard_clock_jumps')
      const ports = { ...this.#ports, disk: this.#disk, setAlarm: (at: EpochMs) => this.#arm(at) }
      this.#life = startLife(ports, this.#armedAt, jumps, this.#ports.random)
    }
    return this.#life
  }

  #end(life: Life): void {
    life.end()
    if (this.#life === life) this.#life = null
  }

  #armedFor(life: Life): EpochMs | null {
    return this.#armedAt === null ? null : life.fromWorld(this.#armedAt)
  }

  #arm(at: EpochMs): void {
    const { timeline, chaos, random } = this.#ports
    this.#armedAt = at
    const lateMs = chaos.strikes('alarm_late') ? random.between(1, LATE_ALARM_MS_MAX) : 0
    timeline.in(at - timeline.now() + lateMs, () => {
      if (this.#armedAt !== at) return
      this.#armedAt = null
      if (!chaos.strikes('alarm_lost')) void this.#fire()
      if (chaos.strikes('alarm_twice')) void this.#fire()
    })
  }

  async #fire(): Promise<void> {
    const { chaos, timeline, changed } = this.#ports
    const life = this.#alive()
    if (chaos.strikes('shard_dies_before_commit')) life.doom()
    await life.host.alarm().catch(() => undefined)
    if (!life.isOver()) changed(life.host)
    if (chaos.strikes('shard_dies_after_commit')) this.#end(life)
    if (life.isOver()) this.#arm(timeline.now() + ALARM_AGAIN_MS)
  }
}

import type { EpochMs } from '#core/kernel/time'
import { ShardHost, type ShardHostPorts } from '../../worker/objects/shard-host'
import { openMemoryStore, type MemoryDisk } from './memory-store'
import type { Random } from './random'
import type { Timeline } from './timeline'

const JUMP_MS_MAX = 20_000

/** What a life of a shard is given; everything else it has by itself. */
export type LifePorts = Pick<ShardHostPorts, 'no' | 'doorbells' | 'peers' | 'slotsOf' | 'outside' | 'report'> & {
  readonly timeline: Timeline
  readonly disk: MemoryDisk
  readonly setAlarm: (at: EpochMs) => void
}

/** One life of a shard's process: from the disk it finds until it is evicted, crashes or breaks in the middle of a step. */
export type Life = {
  readonly host: ShardHost
  isOver(): boolean
  end(): void
  /** The next step ends this life just before it is durable. */
  doom(): void
  /** What the rest of the world's clock says when this shard's says `at`, and the other way round. */
  toWorld(at: EpochMs): EpochMs
  fromWorld(at: EpochMs): EpochMs
}

export function startLife(ports: LifePorts, armedAt: EpochMs | null, jumps: boolean, random: Random): Life {
  const { timeline, disk, no, doorbells, outside, report } = ports
  const offsetMs = jumps ? random.between(-JUMP_MS_MAX, JUMP_MS_MAX) : 0
  let isOver = false
  let isDoomed = false
  const end = () => void (isOver = true)
  const beforeCommit = () => {
    if (!isDoomed) return
    isOver = true
    throw new Error('The process is gone.')
  }
  const store = openMemoryStore(disk, { beforeCommit, isAlive: () => !isOver })
  const host = new ShardHost({
    no,
    store,
    outside,
    report,
    doorbells: { ring: async (bell, count) => (isOver ? undefined : doorbells.ring(bell, count)) },
    peers: ports.peers,
    slotsOf: ports.slotsOf,
    growth: { atAcceptsPerSecond: 0, ask: async () => undefined },
    clock: () => timeline.now() + offsetMs,
    setTimer: (work, ms) => timeline.in(ms, () => void (isOver || work())),
    setAlarm: (at) => void (isOver || ports.setAlarm(at - offsetMs)),
    background: (work) => void work.catch(() => undefined),
    abort: end,
  })
  host.wake(armedAt === null ? null : armedAt + offsetMs)
  return {
    host,
    isOver: () => isOver,
    end,
    doom: () => void (isDoomed = true),
    toWorld: (at) => at - offsetMs,
    fromWorld: (at) => at + offsetMs,
  }
}

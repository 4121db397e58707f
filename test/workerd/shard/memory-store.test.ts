import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { describe, expect, it } from 'vitest'
import type { ShardStore } from '#core/shard/store'
import { createShardStorage } from '../../../worker/objects/shard-storage'
import { createMemoryDisk, openMemoryStore } from '../../simulate/memory-store'
import { createRandom, type Random } from '../../simulate/random'
import { deploymentConfig } from '../support/open-shard'
import { createStoreMoves, everythingIn, FREQUENT_METHODS, type Move, type StoreMethod } from './store-moves'

const SEEDS = 20
/** Lives of which one tells a broken method apart. */
const TELLING_SEEDS = [7, 8, 9, 10]
const TIMEOUT_MS = 120_000
const STEPS_PER_SEED = 250

type Called = Map<string, { times: number; answers: Set<string>; thrown: number }>

/** The real store of a shard of its own. */
async function inShard<T>(work: (open: () => ShardStore) => T): Promise<T> {
  const stub = env.SHARDS.getByName(`dep:${deploymentConfig().ref}:0`)
  return runInDurableObject(stub, (_object, { storage }) => work(() => createShardStorage(storage)))
}

type Answer = { readonly value: unknown } | { readonly thrown: string }

function answerOf(work: () => unknown): Answer {
  try {
    return { value: work() }
  } catch (error) {
    // How the platform goes on after the constraint is its own.
    return { thrown: String(error).replace(/: SQLITE_CONSTRAINT.*/s, '') }
  }
}

/** Calls a method with arguments of its own, which are changed afterwards: what is stored must not be. */
function call(store: ShardStore, { method, args }: Move): unknown {
  const own = structuredClone(args)
  const value = (store[method] as (...given: unknown[]) => unknown)(...own)
  own.forEach(spoil)
  return value
}

function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  for (const [key, part] of Object.entries(value)) {
    spoil(part)
    ;(value as Record<string, unknown>)[key] = 'spoilt'
  }
}

type Pair = { real: ShardStore; memory: ShardStore }

function expectSame(pair: Pair, move: Move, called: Called, at: string): void {
  const real = answerOf(() => call(pair.real, move))
  const memory = answerOf(() => call(pair.memory, move))
  expect(memory, `${at} ${move.method}(${JSON.stringify(move.args).slice(0, 300)})`).toStrictEqual(real)
  const seen = called.get(move.method) ?? { times: 0, answers: new Set(), thrown: 0 }
  seen.times += 1
  if ('thrown' in real) seen.thrown += 1
  else if (seen.answers.size < 50) seen.answers.add(JSON.stringify(real.value)?.slice(0, 2_000))
  called.set(move.method, seen)
}

const ROLLED_BACK = new Error('Rolled back.')

/** A few moves in one transaction, some in one inside it, which may be undone alone or with all of it. */
function transact(pair: Pair, moves: () => Move, random: Random, called: Called, at: string): void {
  const steps = Array.from({ length: random.between(1, 6) }, moves)
  const inner = Array.from({ length: random.between(0, 4) }, moves)
  const undoes = { inner: random.chance(0.4), outer: random.chance(0.4) }
  const inTransaction = (store: ShardStore) => {
    const answers: Answer[] = []
    const perform = (move: Move) => answers.push(answerOf(() => call(store, move)))
    const end = answerOf(() =>
      store.transaction(() => {
        steps.forEach(perform)
        const nested = answerOf(() =>
          store.transaction(() => {
            inner.forEach(perform)
            if (undoes.inner) throw ROLLED_BACK
            return 'inner'
          }),
        )
        if (undoes.outer) throw ROLLED_BACK
        return nested
      }),
    )
    return { answers, end }
  }
  const real = inTransaction(pair.real)
  expect(inTransaction(pair.memory), `${at} transaction ${JSON.stringify({ steps, inner, undoes })}`).toStrictEqual(
    real,
  )
  const seen = called.get('transaction') ?? { times: 0, answers: new Set(), thrown: 0 }
  seen.times += 1
  seen.answers.add(JSON.stringify(real.end))
  if ('thrown' in real.end) seen.thrown += 1
  called.set('transaction', seen)
}

/** Drives both stores through the same random life. */
async function compare(seed: number, called: Called, openMemory = openMemoryStore): Promise<void> {
  await inShard((open) => {
    const random = createRandom(seed)
    const disk = createMemoryDisk()
    const pair: Pair = { real: open(), memory: openMemory(disk) }
    const moves = createStoreMoves(random)
    const methods = [...FREQUENT_METHODS, ...(Object.keys(moves) as StoreMethod[])] as const
    const next = (): Move => {
      const method = random.pick(methods)
      return { method, args: moves[method]() }
    }
    for (let step = 0; step < STEPS_PER_SEED; step++) {
      const at = `seed ${seed} step ${step}`
      if (random.chance(0.15)) transact(pair, next, random, called, at)
      else expectSame(pair, next(), called, at)
      if (random.chance(0.02)) Object.assign(pair, { real: open(), memory: openMemory(disk) })
      if (step % 10 === 9) for (const look of everythingIn()) expectSame(pair, look, called, at)
    }
  })
}

async function isToldApart(broken: typeof openMemoryStore): Promise<boolean> {
  for (const seed of TELLING_SEEDS) {
    const outcome = await compare(seed, new Map(), broken).then(
      () => 'same',
      () => 'different',
    )
    if (outcome === 'different') return true
  }
  return false
}

describe('the storage of the simulation', () => {
  it(
    'answers, throws and rolls back like the storage that ships, whatever is done with it',
    async () => {
      const called: Called = new Map()
      for (let seed = 1; seed <= SEEDS; seed++) await compare(seed, called)
      const methods = await inShard((open) => Object.keys(open()))
      expect([...called.keys()].toSorted()).toEqual(methods.toSorted())
      for (const [method, { times }] of called) expect(times, method).toBeGreaterThan(30)
      const reads = ['row', 'rows', 'heads', 'inbox', 'postsDue', 'parkedDue', 'liveRows', 'blockRows', 'blockCounts']
      for (const read of reads) expect(called.get(read)?.answers.size, read).toBeGreaterThan(10)
      const either = ['findNonce', 'findKey', 'dropRelease', 'release', 'isBlockWritten', 'loadMeta', 'transaction']
      for (const read of either) expect(called.get(read)?.answers.size, read).toBeGreaterThan(1)
      for (const write of ['insert', 'insertKey', 'append', 'finish', 'rotateKeys', 'transaction'])
        expect(called.get(write)?.thrown, write).toBeGreaterThan(0)
    },
    TIMEOUT_MS,
  )

  it(
    'is told apart from the storage that ships when any of its methods does nothing',
    async () => {
      const unnoticed: string[] = []
      for (const method of Object.keys(openMemoryStore(createMemoryDisk()))) {
        const idle = method === 'transaction' ? (work: () => unknown) => work() : () => undefined
        const broken: typeof openMemoryStore = (disk) => ({ ...openMemoryStore(disk), [method]: idle })
        if (!(await isToldApart(broken))) unnoticed.push(method)
      }
      expect(unnoticed).toEqual([])
    },
    TIMEOUT_MS,
  )

  it('has every method of the storage that ships, and no other', async () => {
    const methods = await inShard((open) => Object.keys(open()))
    expect(Object.keys(openMemoryStore(createMemoryDisk())).toSorted()).toEqual(methods.toSorted())
    expect(['transaction', ...Object.keys(createStoreMoves(createRandom(1)))].toSorted()).toEqual(methods.toSorted())
  })

  it('keeps nothing of a transaction that ends before it is committed, and all of one that ends after', () => {
    const disk = createMemoryDisk()
    let isDoomed = false
    const beforeCommit = () => {
      if (isDoomed) throw new Error('Killed.')
    }
    const store = openMemoryStore(disk, { beforeCommit })
    const post = { target: 'exec_1', kind: 'child_cancel', body: '{}', dueAt: 5 } as const
    store.transaction(() => store.addPost(post))
    isDoomed = true
    const again = () => store.transaction(() => store.addPost(post))
    expect(again).toThrow('Killed.')
    expect(() => store.addPost(post)).toThrow('Killed.')
    expect(() => store.transaction(() => store.dropPost(1))).toThrow('Killed.')
    expect(openMemoryStore(disk).postsDue(9, 9)).toEqual([{ ...post, id: 1, tries: 0 }])
  })

  it('refuses every call of a life that is over, and undoes what it was about', () => {
    const disk = createMemoryDisk()
    let isAlive = true
    const store = openMemoryStore(disk, { isAlive: () => isAlive })
    const moves = createStoreMoves(createRandom(2))
    const dying = () =>
      store.transaction(() => {
        store.markBlock(1, 1, [])
        isAlive = false
      })
    expect(dying).toThrow('The process is gone.')
    expect(openMemoryStore(disk).isBlockWritten(1)).toBe(false)
    expect(() => store.transaction(() => 1)).toThrow('The process is gone.')
    for (const [method, args] of Object.entries(moves))
      expect(() => call(store, { method: method as StoreMethod, args: args() }), method).toThrow('The process is gone.')
  })
})

import type { Bindings } from '../../worker/env'
import type { KillPoints, Process } from './kill-points'

/** What an object's queues take, instead of a queue: the test delivers it. */
export type Doorbells = { rung: number }

/** Everything an object reaches of its platform, each call of it one that can be killed. */
export function breakableState(ctx: DurableObjectState, points: KillPoints, process: Process): DurableObjectState {
  const abort = (reason?: string) => {
    points.abandon(process)
    ctx.abort(reason)
  }
  return inherit(ctx, { abort, storage: breakableStorage(ctx.storage, points, process) })
}

function breakableStorage(storage: DurableObjectStorage, points: KillPoints, process: Process): DurableObjectStorage {
  const { sql } = storage
  const exec = (query: string, ...values: unknown[]) =>
    points.now(process, `sql ${query.trim().split(/\s+/, 3).join(' ')}`, () => sql.exec(query, ...values))
  /** A platform that cannot write an alarm down puts the object aside: its failure is the object's end. */
  const fatally = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await points.later(process, name, call)
    } catch {
      process.die()
      return new Promise(() => undefined)
    }
  }
  return inherit(storage, {
    sql: inherit(sql, { exec }),
    transactionSync: <T>(work: () => T) => points.now(process, 'transaction', () => storage.transactionSync(work)),
    setAlarm: (at: number | Date) => fatally('setAlarm', () => storage.setAlarm(at)),
    getAlarm: () => fatally('getAlarm', () => storage.getAlarm()),
    deleteAlarm: () => fatally('deleteAlarm', () => storage.deleteAlarm()),
  })
}

/** The bindings an object uses on its own account: database, bucket and queues. */
export function breakableBindings(env: Bindings, points: KillPoints, process: Process, bells: Doorbells): Bindings {
  const ring = (count: number) => points.later(process, 'queue', async () => void (bells.rung += count))
  const queue = {
    send: () => ring(1),
    sendBatch: (messages: Iterable<unknown>) => ring([...messages].length),
  } as unknown as Bindings['DOORBELLS_0']
  return {
    ...env,
    DB: breakableDatabase(env.DB, points, process),
    BUCKET: inherit(env.BUCKET, {
      put: (...args: Parameters<R2Bucket['put']>) => points.later(process, 'r2 put', () => env.BUCKET.put(...args)),
    }),
    SHARDS: breakableObjects(env.SHARDS, points, process),
    SLOTS: breakableObjects(env.SLOTS, points, process),
    DOORBELLS_0: queue,
    DOORBELLS_1: queue,
    DOORBELLS_2: queue,
    DOORBELLS_3: queue,
  }
}

/** Objects as another object reaches them: by a fresh stub a call, over lines that break. */
function breakableObjects<N extends Bindings['SHARDS'] | Bindings['SLOTS']>(
  objects: N,
  points: KillPoints,
  process: Process,
): N {
  const getByName = (name: string) =>
    new Proxy({} as Handle, {
      get: (_, method: string) => (request: unknown) =>
        points.later(process, `rpc ${method}`, () =>
          points.overLine(async () => (objects.getByName(name) as unknown as Handle)[method]?.(request)),
        ),
    })
  return { getByName } as unknown as N
}

type Handle = Readonly<Record<string, (request: unknown) => Promise<unknown>>>

function breakableDatabase(db: D1Database, points: KillPoints, process: Process): D1Database {
  const breakable = (statement: D1PreparedStatement): D1PreparedStatement =>
    inherit(statement, {
      bind: (...values: unknown[]) => breakable(statement.bind(...values)),
      run: () =>
        points.later(process, 'd1 run', () => {
          points.indexWrites += 1
          return statement.run()
        }),
    })
  return inherit(db, {
    prepare: (sql: string) => breakable(db.prepare(sql)),
    batch: (statements: D1PreparedStatement[]) => points.later(process, 'd1 batch', () => db.batch(statements)),
  })
}

/** The same native object, with some of its members replaced; the others are called on the object itself. */
function inherit<T extends object>(native: T, replaced: object): T {
  const members: Partial<Record<PropertyKey, PropertyDescriptor>> = {}
  for (let level = native; level !== Object.prototype; level = Object.getPrototypeOf(level) as T) {
    for (const name of Reflect.ownKeys(level)) {
      if (name === 'constructor') continue
      members[name] ??= {
        get: () => {
          const value: unknown = Reflect.get(native, name)
          return typeof value === 'function' ? (value.bind(native) as unknown) : value
        },
      }
    }
  }
  for (const [name, value] of Object.entries(replaced)) members[name] = { value }
  return Object.create(native, members as PropertyDescriptorMap) as T
}

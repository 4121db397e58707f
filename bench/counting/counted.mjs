import { counts } from './counts.mjs'

/** A proxy that answers `instead`'s properties and passes everything else on, methods bound to their owner. */
const replacing = (target, instead) =>
  new Proxy(target, {
    get(_, name) {
      if (Object.hasOwn(instead, name)) return instead[name]
      const value = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })

const countedSql = (sql) =>
  replacing(sql, {
    exec(...args) {
      const cursor = sql.exec(...args)
      counts.addCursor(cursor)
      return cursor
    },
  })

const countedStorage = (storage) =>
  replacing(storage, {
    sql: countedSql(storage.sql),
    setAlarm(at) {
      counts.add('rowsWritten')
      return storage.setAlarm(at)
    },
  })

async function rowsOf(answer) {
  const { meta } = await answer
  counts.add('indexRowsWritten', meta.rows_written)
  return answer
}

const countedStatement = (statement) =>
  replacing(statement, {
    bind: (...values) => countedStatement(statement.bind(...values)),
    run: () => rowsOf(statement.run()),
  })

const countedBucket = (bucket) =>
  replacing(bucket, {
    put(...args) {
      counts.add('puts')
      return bucket.put(...args)
    },
    get(...args) {
      counts.add('gets')
      return bucket.get(...args)
    },
  })

const countedEnv = (env) => ({
  ...env,
  DB: replacing(env.DB, { prepare: (sql) => countedStatement(env.DB.prepare(sql)) }),
  BUCKET: countedBucket(env.BUCKET),
})

/** The object class with its storage, its bindings and the calls it gets counted. */
export function counted(ObjectClass) {
  class Counted extends ObjectClass {
    constructor(ctx, env) {
      // The platform wants its own context object, so its storage is put in front of the inherited one.
      Object.defineProperty(ctx, 'storage', { value: countedStorage(ctx.storage) })
      super(ctx, countedEnv(env))
    }
  }
  for (const name of Object.getOwnPropertyNames(ObjectClass.prototype)) {
    if (name === 'constructor') continue
    Counted.prototype[name] = function (...args) {
      counts.add('objectRequests')
      return ObjectClass.prototype[name].apply(this, args)
    }
  }
  return Counted
}

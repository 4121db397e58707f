import { env } from 'cloudflare:workers'
import { compose } from '../../../worker/compose'
import type { Bindings } from '../../../worker/env'

/** Which call to the platform fails, counted from 0, and whether it did before that what it should. */
export type Failure = { readonly at: number; readonly when: 'before' | 'after' }

const MESSAGE = 'D1_ERROR: Network connection lost.'

/** The Worker in an isolate of its own, one of whose statements, objects of R2 or calls of a Deployment fails. */
export function workerThatFails(failure: Failure | null) {
  let calls = 0
  const perform = async (call: () => unknown): Promise<unknown> => {
    const isHit = calls++ === failure?.at
    if (isHit && failure.when === 'before') throw new Error(MESSAGE)
    const answer = await call()
    if (isHit) throw new Error(MESSAGE)
    return answer
  }
  /** An object all of whose methods are such calls. */
  const watched = <T extends object>(target: T): T =>
    new Proxy(target, {
      get:
        (_, name) =>
        (...args: unknown[]) =>
          perform(() => (target as Record<string | symbol, (...args: unknown[]) => unknown>)[name]?.(...args)),
    })
  const real = new WeakMap<object, D1PreparedStatement>()
  const statement = (prepared: D1PreparedStatement): D1PreparedStatement => {
    const calling = watched(prepared)
    const made = new Proxy(prepared, {
      get: (_, name: keyof D1PreparedStatement) =>
        name === 'bind' ? (...values: unknown[]) => statement(prepared.bind(...values)) : calling[name],
    })
    real.set(made, prepared)
    return made
  }
  const bindings = {
    ...env,
    DB: {
      prepare: (sql: string) => statement(env.DB.prepare(sql)),
      batch: (statements: D1PreparedStatement[]) =>
        perform(() => env.DB.batch(statements.map((one) => real.get(one) ?? one))),
    },
    BUCKET: watched(env.BUCKET),
    DEPLOYMENTS: { getByName: (name: string) => watched(env.DEPLOYMENTS.getByName(name)) },
  } as unknown as Bindings
  const { app } = compose(bindings, (work) => void work.catch(() => undefined))
  return {
    call: (request: Request) => Promise.resolve(app.fetch(request)),
    calls: () => calls,
  }
}

import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { eventually } from '../../support/eventually'
import { parseExecutionId } from '#core/model/execution-id'
import type { AcceptRequest } from '#core/shard/wire'
import { compose } from '../../../worker/compose'
import type { Bindings } from '../../../worker/env'
import type { ShardHandle } from '../../../worker/ports/shards'
import { deployed, type Place } from '../api/deployed'
import { ORIGIN, sampleDefinition } from '../api/support'

const DOWN = 'D1_ERROR: Network connection lost.'

afterEach(() => {
  vi.useRealTimers()
})

/** The Worker in an isolate of its own, with some of what is bound to it out of order. */
function workerWith(broken: Partial<Record<keyof Bindings, object>>) {
  const bindings = { ...env, ...broken } as unknown as Bindings
  const { app, door } = compose(bindings, (work) => void work.catch(() => undefined))
  return (path: string, init: RequestInit = {}) => {
    const request = new Request(ORIGIN + path, init)
    return path.startsWith('/webhook/') ? door(request) : Promise.resolve(app.fetch(request))
  }
}

/** A binding whose every use fails, whatever it is. */
const failing = (message: string) => new Proxy({}, { get: () => () => Promise.reject(new Error(message)) })

type Break = { when?: 'before' | 'after'; only?: (sql: string) => boolean; message?: string }

/** A database whose statements fail, before or after they did what they should; `only` picks some of them. */
function brokenDatabase({ when = 'before', only = () => true, message = DOWN }: Break = {}): object {
  const broken = (statement: D1PreparedStatement, sql: string): D1PreparedStatement =>
    new Proxy(statement, {
      get(target, name: keyof D1PreparedStatement) {
        if (name === 'bind') return (...values: unknown[]) => broken(target.bind(...values), sql)
        return async (...args: never[]) => {
          const perform = () => (target[name] as (...args: never[]) => unknown)(...args)
          if (!only(sql)) return perform()
          if (when === 'after') await perform()
          throw new Error(message)
        }
      },
    })
  return { prepare: (sql: string) => broken(env.DB.prepare(sql), sql), batch: () => Promise.reject(new Error(message)) }
}

const isWrite = (sql: string) => /^\s*(insert|update|delete)/i.test(sql)
const hookOf = ({ deployment }: Place) => new URL(deployment.webhookUrl ?? '').pathname

type Body = Record<string, unknown>

function json(body: Body, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}

const as = ({ key }: Place, idempotencyKey?: string) => ({
  authorization: `Bearer ${key}`,
  ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
})
const run = (place: Place, key?: string): [string, RequestInit] => [
  '/v1/workflows/run',
  json({ workflowId: place.workflowId, input: { customerId: 'c1' } }, as(place, key)),
]
const create = (place: Place, key?: string): [string, RequestInit] => [
  '/v1/workflows',
  json({ definition: sampleDefinition('made-once') }, as(place, key)),
]

/** What every caller is told while something is down: come back, and nothing happened or once at most. */
async function expectUnavailable(response: Response) {
  expect([response.status, await response.json()]).toMatchObject([503, { code: 'unavailable' }])
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
}

/** How many executions a deployment has taken, as its shard counts them: each gets the next number. */
async function executionsOf({ deployment }: Place): Promise<number> {
  const row = await env.DB.prepare('SELECT ref FROM deployments WHERE id = ?')
    .bind(deployment.deploymentId)
    .first<{ ref: string }>()
  const shard = env.SHARDS.getByName(`dep:${row?.ref}:0`)
  return runInDurableObject(shard, (_object, { storage }) =>
    Number(storage.sql.exec('SELECT count(*) AS n FROM execution_0').one()['n']),
  )
}

describe('the database is down', () => {
  it('webhooks are taken and answered all the same (F-12, I1)', async () => {
    const place = await deployed()
    const call = workerWith({ DB: brokenDatabase() })
    const answer = await call(hookOf(place), json({ customerId: 'c1' }))
    expect([answer.status, await answer.json<Body>()]).toMatchObject([
      200,
      { status: 'completed', data: { customer: 'c1' } },
    ])
  })

  it('calls of the API are told to come back, and start nothing (F-12, I1)', async () => {
    const place = await deployed()
    const call = workerWith({ DB: brokenDatabase() })
    await expectUnavailable(await call(...run(place)))
    await expectUnavailable(await call(`/v1/executions`, { headers: { authorization: `Bearer ${place.key}` } }))
    expect(await executionsOf(place)).toBe(0)
  })

  it('for writes only: executions start all the same, and what has to be stored there is refused (F-12, I1)', async () => {
    const place = await deployed()
    const call = workerWith({ DB: brokenDatabase({ only: isWrite }) })
    await expectUnavailable(await call(...create(place, crypto.randomUUID())))
    expect((await call(...run(place, crypto.randomUUID()))).status).toBe(202)
    expect(await executionsOf(place)).toBe(1)
  })

  it('a write whose answer was lost: the caller is told to come back, and a repeat with the key makes one (F-12)', async () => {
    const place = await deployed()
    const key = crypto.randomUUID()
    await expectUnavailable(
      await workerWith({ DB: brokenDatabase({ when: 'after', only: isWrite }) })(...create(place, key)),
    )
    const healthy = workerWith({})
    const soon = await healthy(...create(place, key))
    vi.setSystemTime(Date.now() + Number(soon.headers.get('retry-after') ?? 0) * 1_000)
    expect([201, 409]).toContain(soon.status)
    expect((await healthy(...create(place, key))).status).toBe(201)
    expect((await healthy(...create(place, key))).headers.get('idempotency-replayed')).toBe('true')
  })

  it('a query that the database refuses is a fault of ours, not an outage', async () => {
    const place = await deployed()
    const call = workerWith({ DB: brokenDatabase({ message: 'D1_ERROR: no such column: nowhere: SQLITE_ERROR' }) })
    const answer = await call('/v1/executions', { headers: { authorization: `Bearer ${place.key}` } })
    expect([answer.status, await answer.json()]).toMatchObject([500, { code: 'internal' }])
  })
})

describe('the shard of a deployment cannot be reached', () => {
  const unreachable = { getByName: () => failing('Network connection lost.') }

  it('a webhook is answered 503 with a time to come back, never a false 200 (F-12, I1)', async () => {
    const place = await deployed()
    await expectUnavailable(await workerWith({ SHARDS: unreachable })(hookOf(place), json({ customerId: 'c1' })))
    expect(await executionsOf(place)).toBe(0)
  })

  it('after it took a call: the sender is told that nobody knows, and a repeat with the key makes one (F-12, I1)', async () => {
    const place = await deployed()
    const key = crypto.randomUUID()
    let isCut = false
    const getByName = (name: string) => {
      const stub = env.SHARDS.getByName(name) as unknown as ShardHandle
      const accept = async (request: AcceptRequest) => {
        await stub.accept(request)
        throw new Error('Network connection lost.')
      }
      return isCut ? { accept } : stub
    }
    const call = workerWith({ SHARDS: { getByName } })
    await call(...run(place))
    isCut = true
    const unknown = await call(...run(place, key))
    expect([unknown.status, await unknown.json()]).toMatchObject([503, { code: 'outcome_unknown' }])
    expect(unknown.headers.get('retry-after')).toBe('1')
    isCut = false
    expect((await call(...run(place, key))).ok).toBe(true)
    expect(await executionsOf(place)).toBe(2)
  })
})

describe('the queue takes nothing', () => {
  it('what was accepted is rung for again by its shard and completes (F-14, I1, I12)', async () => {
    const place = await deployed()
    const deaf = failing('Queue send failed')
    const call = workerWith({ DOORBELLS_0: deaf, DOORBELLS_1: deaf, DOORBELLS_2: deaf, DOORBELLS_3: deaf })
    const accepted = await call(...run(place))
    const { executionId } = await accepted.json<{ executionId: string }>()
    const { ref = '' } = parseExecutionId(executionId) ?? {}
    vi.setSystemTime(Date.now() + 5_001)
    await runDurableObjectAlarm(env.SHARDS.getByName(`dep:${ref}:0`))
    vi.useRealTimers()
    const read = async () => {
      const answer = await call(`/v1/executions/${executionId}`, { headers: as(place) })
      return (await answer.json<{ status: string }>()).status
    }
    await eventually(async () => expect(await read()).toBe('completed'))
  })
})

describe('the archive is down', () => {
  it('an archived execution is unavailable for a while, not unknown (F-13, I13)', async () => {
    const place = await deployed()
    const accepted = await workerWith({})(...run(place))
    const { executionId } = await accepted.json<{ executionId: string }>()
    const moved = { getByName: () => ({ read: async () => ({ archived: 't/standard/somewhere/0' }) }) }
    const call = workerWith({ SHARDS: moved, BUCKET: failing('get: We encountered an internal error. (10001)') })
    const headers = { authorization: `Bearer ${place.key}` }
    await expectUnavailable(await call(`/v1/executions/${executionId}`, { headers }))
    await expectUnavailable(await call(`/v1/executions/${executionId}/trace`, { headers }))
  })
})

import {
  createMessageBatch,
  evictDurableObject,
  getQueueResult,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { parseDeploymentId } from '#core/model/deployment-id'
import type { ShardHandle } from '../../../worker/ports/shards'
import { createDeadLetterLog } from '../../../worker/adapters/d1/dead-letter-log'
import { sha256Hex } from '../../../worker/adapters/crypto/digest'
import { keepDeadLetters } from '../../../worker/queue/dead-letters'
import { acceptRequest, accepted } from '../support/open-shard'
import { deployed, run, type Place } from './deployed'
import { ALL_SCOPES, clientWith, newKey } from './support'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const refOf = ({ deployment }: Place) => parseDeploymentId(deployment.deploymentId) ?? ''

function shardOf(place: Place) {
  return env.SHARDS.getByName(`dep:${refOf(place)}:0`) as unknown as DurableObjectStub & ShardHandle
}

/** An execution of the place that a runner of ours holds. */
async function held(place: Place) {
  const stub = shardOf(place)
  const epoch = (await stub.config())?.epoch ?? 0
  const answer = accepted(await stub.accept(acceptRequest({ epoch, payload: '{"customerId":"c1"}', claim: true })))
  if (answer.lease === undefined) throw new Error('No lease came with it')
  return { stub, id: answer.id, work: answer.lease }
}

/** What a runner does that cannot say whether a request took effect. */
async function endUnknown(place: Place): Promise<string> {
  const { stub, id, work } = await held(place)
  const error = { code: 'outcome_unknown', message: 'Nobody knows whether it was charged.', stage: 'shape' }
  const result = JSON.stringify({ output: null, error, startedAt: work.acceptedAt, endedAt: work.acceptedAt + 1 })
  await stub.finish({ items: [{ seq: work.seq, token: work.token, from: 0, events: [], status: 'failed', result }] })
  await stub.poke()
  return id
}

const letters = async (place: Place, query: object = {}) => {
  const answer = await place.client.listDeadLetters({ query })
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
  return answer.body.items
}

describe('what was given up', () => {
  test('an execution that may or may not have taken effect is listed, and its organization is told in the log (F-15)', async () => {
    const place = await deployed()
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const id = await endUnknown(place)
    expect(await letters(place)).toMatchObject([
      {
        id: id.replace('exec_', 'dl_'),
        kind: 'outcome_unknown',
        executionId: id,
        workflowId: place.workflowId,
        workflowName: place.workflow.name,
        environment: 'production',
        stage: 'shape',
        message: 'Nobody knows whether it was charged.',
        redrivenAt: null,
      },
    ])
    const lines = log.mock.calls.map(([line]) => String(line)).filter((line) => line.includes(id))
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ event: 'dead_letter', kind: 'outcome_unknown' })
  })

  test('an execution that kills its runners ends as poisoned, with a letter, and its neighbours finish (F-15)', async () => {
    const place = await deployed()
    const { stub, id, work } = await held(place)
    const neighbour = await run(place)
    expect(neighbour.ok && neighbour.body.status).toBe('completed')
    await runInDurableObject(stub, (_object, { storage }) => {
      storage.sql.exec('UPDATE execution_0 SET token = 6 WHERE seq = ?', work.seq)
    })
    await evictDurableObject(stub)
    await stub.config()
    vi.useFakeTimers({ now: Date.now() + 30_001, toFake: ['Date'] })
    await runDurableObjectAlarm(stub)
    await stub.poke()
    expect(await letters(place)).toMatchObject([{ kind: 'poisoned', executionId: id }])
  })

  test('what came in is finished, live or a dead letter; nothing is counted twice however often it is told (I12)', async () => {
    const place = await deployed()
    await run(place)
    const dead = await endUnknown(place)
    const { stub, id: live } = await held(place)
    await evictDurableObject(stub)
    await stub.poke()
    await env.DB.prepare('UPDATE executions SET rev = 0 WHERE id = ?').bind(dead).run()
    await runInDurableObject(stub, (_object, { storage }) => {
      storage.sql.exec('UPDATE meta SET flushed_through = 0')
    })
    await evictDurableObject(stub)
    await stub.poke()
    const all = await place.client.listExecutions({ query: { workflowId: place.workflowId } })
    const rows = all.ok ? all.body.items : []
    expect(
      rows
        .filter(({ executionId }) => executionId !== live)
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual(['completed', 'failed'])
    expect(await stub.peek({ organizationId: (await stub.config())?.organizationId ?? '', seq: 2 })).toMatchObject({
      status: 'running',
    })
    expect((await letters(place)).map(({ executionId }) => executionId)).toEqual([dead])
  })

  test('is found by kind and by time, page by page', async () => {
    const place = await deployed()
    const ids = [await endUnknown(place), await endUnknown(place), await endUnknown(place)].toReversed()
    const first = await place.client.listDeadLetters({ query: { limit: 2, kind: 'outcome_unknown' } })
    const cursor = first.ok ? (first.body.nextCursor ?? '') : ''
    const second = await place.client.listDeadLetters({ query: { limit: 2, cursor } })
    const shown = [first, second].flatMap((page) => (page.ok ? page.body.items : []))
    expect(shown.map(({ executionId }) => executionId)).toEqual(ids)
    expect(await letters(place, { kind: 'poisoned' })).toEqual([])
    expect(await letters(place, { since: '2999-01-01' })).toEqual([])
    expect(await letters(place, { since: '2000-01-01T00:00:00Z' })).toHaveLength(3)
  })

  test('is hidden from a key made for another environment, and cannot be redriven with it', async () => {
    const place = await deployed()
    const id = (await endUnknown(place)).replace('exec_', 'dl_')
    const client = clientWith(await newKey(place.session, ALL_SCOPES, { environments: ['staging'] }))
    expect(await client.listDeadLetters({})).toMatchObject({ ok: true, body: { items: [] } })
    expect(await client.redriveDeadLetter({ params: { id }, body: {} })).toMatchObject({ status: 403 })
  })
})

describe('redriving', () => {
  test('runs it again once: a repeat, also one at the same time, answers the same execution (F-15)', async () => {
    const place = await deployed()
    const executionId = await endUnknown(place)
    const redrive = () =>
      place.client.redriveDeadLetter({ params: { id: executionId.replace('exec_', 'dl_') }, body: {} })
    const answers = [...(await Promise.all([redrive(), redrive()])), await redrive()]
    const again = new Set(answers.map((answer) => (answer.ok ? answer.body.redrivenExecutionId : answer.problem.code)))
    expect(again.size).toBe(1)
    const [id] = again
    const replayed = await place.client.getExecution({ params: { id: id ?? '' } })
    expect(replayed).toMatchObject({ ok: true, body: { replayOf: executionId, input: { customerId: 'c1' } } })
    const audit = await env.DB.prepare(
      `SELECT count(*) AS n FROM audit_log WHERE action = 'dead_letter.redriven' AND target = ?`,
    )
      .bind(executionId.replace('exec_', 'dl_'))
      .first<{ n: number }>()
    expect(audit?.n).toBe(1)
  })

  test('a letter that was never written is not found', async () => {
    const place = await deployed()
    const answer = await place.client.redriveDeadLetter({ params: { id: 'dl_nothing' }, body: {} })
    expect(answer).toMatchObject({ status: 404, problem: { code: 'not_found' } })
  })
})

describe('messages the queue gave up', () => {
  const shards = (ref: string, no: number) => env.SHARDS.getByName(`dep:${ref}:${no}`) as unknown as ShardHandle

  async function deliver(messages: readonly { id: string; body: unknown }[], log = createDeadLetterLog(env.DB)) {
    const reported: object[] = []
    const batch = createMessageBatch(
      'executions-dead',
      messages.map((message) => ({ ...message, timestamp: new Date(), attempts: 6 })),
    )
    await keepDeadLetters(batch, {
      shards,
      log,
      digest: sha256Hex,
      report: (event, facts) => void reported.push({ event, ...facts }),
    })
    return { reported, queue: await getQueueResult(batch, createExecutionContext()) }
  }

  test('a doorbell is listed for the organization it is for, one that cannot be read for nobody (F-15)', async () => {
    const place = await deployed()
    const { reported, queue } = await deliver([
      { id: 'm1', body: { v: 1, ref: refOf(place), shard: 0 } },
      { id: 'm2', body: 'garbage' },
    ])
    expect(queue.explicitAcks).toEqual(['m1', 'm2'])
    expect(reported).toMatchObject([
      { event: 'dead_letter', kind: 'unreadable', id: 'm2' },
      { event: 'dead_letter', kind: 'doorbell' },
    ])
    const [letter, ...others] = await letters(place)
    expect([letter, others]).toMatchObject([{ kind: 'doorbell', executionId: null }, []])
    const rung = await place.client.redriveDeadLetter({ params: { id: letter?.id ?? '' }, body: {} })
    expect(rung).toMatchObject({ ok: true, body: { redrivenExecutionId: null } })
    expect(rung.ok && rung.body.redrivenAt).not.toBeNull()
  })

  test('while D1 is away it stays in the queue (F-12)', async () => {
    const place = await deployed()
    const body = { v: 1, ref: refOf(place), shard: 0 }
    const away = { add: () => Promise.reject(new Error('D1 is away')) }
    const { queue } = await deliver([{ id: 'm3', body }], away)
    expect(queue.retryMessages).toMatchObject([{ msgId: 'm3' }])
    expect(await letters(place)).toEqual([])
  })
})

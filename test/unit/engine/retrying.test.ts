import { describe, expect, it } from 'vitest'
import { decide } from '#core/engine/decide'
import { EVENT_VERSION, type JournalEvent } from '#core/engine/event'
import { initialState, stageState } from '#core/engine/state'
import type { Json } from '#core/kernel/json'
import { planOf } from '../../support/plan-of'
import { ACCEPTED_AT, runPlan, type SimulatedWorld } from '../../support/run-plan'

const call = (config: Record<string, Json> = {}) =>
  planOf([{ id: 'call', component: 'http_request', config: { url: 'https://api.test/things?key=1', ...config } }])
const statuses = (...list: number[]): NonNullable<SimulatedWorld['http']> => {
  return (_request, number) => ({ status: list[Math.min(number, list.length) - 1] ?? 500 })
}
const refused: NonNullable<SimulatedWorld['http']> = () => ({
  kind: 'failed',
  failure: { code: 'connection_failed', message: 'Nobody answers.' },
  durationMs: 3,
})
const attemptsAt = (events: readonly JournalEvent[]) =>
  events.flatMap((event) => (event.type === 'stage_started' ? [event.at - ACCEPTED_AT] : []))

describe('an http_request without retry.condition', () => {
  it.for([408, 425, 429, 500, 502, 503, 599])(
    'tries a status of %i three times, 1 s and then 2 s apart (S126)',
    async (status) => {
      const { requests, end, events } = await runPlan(call(), { http: statuses(status) })
      expect(requests).toHaveLength(3)
      expect(attemptsAt(events)).toEqual([0, 1_000, 3_000])
      expect(end).toMatchObject({ status: 'failed', error: { code: 'http_status', details: { status_code: status } } })
    },
  )

  it.for([
    ['4', [0, 4_000, 8_000]],
    ['0', [0, 1_000, 3_000]],
    ['Mon, 05 Jan 2026 09:00:10 GMT', [0, 10_000, 12_000]],
    ['9999999', [0, 3_600_000, 7_200_000]],
  ] as const)('waits as long as a Retry-After of %s asks, up to an hour, and never shorter', async ([field, at]) => {
    const http = () => ({ status: 503, headers: { 'Retry-After': field }, durationMs: 0 })
    const { events } = await runPlan(call(), { http })
    expect(attemptsAt(events)).toEqual(at)
  })

  it('is never repeated without an answer when it may be sent at most once, whatever its condition says (I5)', async () => {
    const retry = { max_attempts: 5, condition: '{{ output.status_code == null }}' }
    const { requests, end } = await runPlan(call({ method: 'POST', at_most_once: true, retry }), { http: refused })
    expect(requests).toHaveLength(1)
    expect(end.error).toMatchObject({ code: 'outcome_unknown', details: { cause: 'connection_failed' } })
  })

  it.for([400, 401, 403, 404, 409, 422])('fails at once on a status of %i', async (status) => {
    const { requests, end } = await runPlan(call(), { http: statuses(status) })
    expect(requests).toHaveLength(1)
    expect(end.error).toMatchObject({
      code: 'http_status',
      message: `GET https://api.test/things answered ${status}.`,
      stage: 'call',
    })
  })

  it('tries a transport failure three times', async () => {
    const { requests, end } = await runPlan(call(), { http: refused })
    expect(requests).toHaveLength(3)
    expect(end.error).toMatchObject({ code: 'connection_failed' })
  })

  it('does not try again what policy refuses', async () => {
    const { requests } = await runPlan(call(), {
      http: () => ({
        kind: 'failed',
        failure: { code: 'address_refused', message: 'Private.' },
        durationMs: 0,
        retryable: false,
      }),
    })
    expect(requests).toHaveLength(1)
  })

  it('completes as soon as an attempt succeeds', async () => {
    const { requests, end, stage } = await runPlan(call(), { http: statuses(503, 200) })
    expect(requests).toHaveLength(2)
    expect(end.status).toBe('completed')
    expect(stage('call')).toMatchObject({ attempt: 2, failure: null })
  })

  it('keeps to max_attempts and delay_seconds when they are written', async () => {
    const { events } = await runPlan(call({ retry: { max_attempts: 2, delay_seconds: 7 } }), { http: statuses(503) })
    expect(attemptsAt(events)).toEqual([0, 7_000])
  })

  it('doubles the delay with exponential backoff', async () => {
    const retry = { max_attempts: 4, delay_seconds: 3, backoff: 'exponential' }
    const { events } = await runPlan(call({ retry }), { http: statuses(503) })
    expect(attemptsAt(events)).toEqual([0, 3_000, 9_000, 21_000])
  })

  it('shortens a jittered delay by less than half, and alike in every replay', async () => {
    const plan = call({ retry: { max_attempts: 2, delay_seconds: 10, jitter: true } })
    const first = attemptsAt((await runPlan(plan, { http: statuses(503) })).events)
    expect(first[1]).toBeGreaterThan(5_000)
    expect(first[1]).toBeLessThanOrEqual(10_000)
    expect(attemptsAt((await runPlan(plan, { http: statuses(503) })).events)).toEqual(first)
  })
})

describe('retry.condition', () => {
  const poll = call({
    retry: { max_attempts: 4, delay_seconds: 10, condition: "{{ output.body.runs[0].status != 'completed' }}" },
  })
  const body = (value: Json) => ({ text: JSON.stringify(value) })

  it('is judged after every attempt, also a successful one; the first poll may answer an empty list (S138)', async () => {
    const answers = [{ runs: [] }, { runs: [{ status: 'queued' }] }, { runs: [{ status: 'completed' }] }]
    const { requests, events, stage } = await runPlan(poll, { http: (_, number) => body(answers[number - 1] ?? {}) })
    expect(requests).toHaveLength(3)
    expect(attemptsAt(events)).toEqual([0, 10_000, 20_000])
    expect(stage('call')).toMatchObject({ status: 'completed', attempt: 3 })
  })

  it('that still holds at the end fails the stage with retry_exhausted', async () => {
    const { requests, end, stage } = await runPlan(poll, { http: () => body({ runs: [] }) })
    expect(requests).toHaveLength(4)
    expect(end.error).toMatchObject({ code: 'retry_exhausted', details: { attempts: 4, cause: null }, stage: 'call' })
    expect(stage('call').output).toMatchObject({ status_code: 200, body: { runs: [] } })
  })

  it('sees status_code null and the error when no response came', async () => {
    const plan = call({
      retry: {
        max_attempts: 2,
        delay_seconds: 5,
        condition: "{{ output.status_code == null && output.error.code == 'connection_failed' }}",
      },
    })
    const { requests, end } = await runPlan(plan, { http: refused })
    expect(requests).toHaveLength(2)
    expect(end.error).toMatchObject({ code: 'retry_exhausted', details: { cause: { code: 'connection_failed' } } })
  })

  it('is not asked about what policy refuses, for asking again cannot help', async () => {
    const plan = call({ retry: { max_attempts: 5, condition: '{{ output.status_code != 200 }}' } })
    const failure = { code: 'egress_denied', message: 'Private.' }
    const { requests, end } = await runPlan(plan, {
      http: () => ({ kind: 'failed', failure, durationMs: 0, retryable: false }),
    })
    expect(requests).toHaveLength(1)
    expect(end.error).toMatchObject(failure)
  })

  it('that does not hold leaves the verdict to the status', async () => {
    const plan = call({ retry: { max_attempts: 5, delay_seconds: 1, condition: '{{ output.status_code == 429 }}' } })
    const { requests, end } = await runPlan(plan, { http: statuses(503) })
    expect(requests).toHaveLength(1)
    expect(end.error).toMatchObject({ code: 'http_status' })
  })

  it('reads the aliases statusCode and data', async () => {
    const plan = call({
      retry: {
        max_attempts: 2,
        delay_seconds: 0,
        condition: '{{ output.statusCode != 200 || output.data.ready != true }}',
      },
    })
    const { requests } = await runPlan(plan, { http: (_, number) => body({ ready: number === 2 }) })
    expect(requests).toHaveLength(2)
  })

  it('that is neither true nor false fails the stage by name', async () => {
    const { end } = await runPlan(call({ retry: { max_attempts: 2, condition: '{{ output.body.ready }}' } }), {
      http: () => body({}),
    })
    expect(end.error).toMatchObject({ code: 'expression_failed', details: { path: '/config/retry/condition' } })
  })
})

describe('an answer that comes too late', () => {
  it('of an earlier attempt changes nothing', () => {
    const plan = call()
    const base = { v: EVENT_VERSION, stage: 'call', input: null }
    const failure = { code: 'x', message: 'x' }
    let state = decide(initialState(plan), { type: 'execution_accepted', v: EVENT_VERSION, at: 0 }).state
    state = decide(state, { ...base, type: 'attempt_failed', at: 1, attempt: 1, failure, retryAt: 2 }).state
    state = decide(state, { type: 'timer_fired', v: EVENT_VERSION, at: 2, stage: 'call' }).state
    const late = decide(state, { ...base, type: 'stage_succeeded', at: 3, attempt: 1, output: 'late' })
    expect(late.effects).toEqual([])
    expect(stageState(late.state, 'call')).toMatchObject({ status: 'running', attempt: 2, output: null })
  })
})

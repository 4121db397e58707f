import { describe, expect, test } from 'vitest'
import { childOfStage } from '#lib/execution/child-of-stage.ts'
import { earlyAnswer } from '#lib/execution/early-answer.ts'
import { pendingUntil } from '#lib/execution/pending-until.ts'
import { isKept } from '#lib/execution/is-kept.ts'
import { retryPoints } from '#lib/execution/retry-points.ts'
import { delayEndsAt, signalWaits } from '#lib/execution/waits.ts'
import { formatMinute } from '#lib/format/minute-time.ts'
import { readJson, readJsonObject } from '#lib/json/read-json.ts'
import { draftStages } from '#lib/workflow/draft-stages.ts'
import { readMocks } from '#lib/workflow/read-mocks.ts'

const startedAt = '2026-03-10T12:00:00.000Z'
const waiting = { component: 'wait_for_signal', status: 'waiting', startedAt, node: 'ask', address: 'ask' } as const

describe('what an execution waits for', () => {
  test('is a signal with its deadline, its choices and what happens without it', () => {
    const input = { signal: 'approve', timeout_seconds: 60, default: null, choices: ['yes', 'no'] }
    expect(signalWaits([{ ...waiting, input }])).toEqual([
      {
        name: 'approve',
        stages: ['ask'],
        since: startedAt,
        untilAt: Date.parse(startedAt) + 60_000,
        choices: ['yes', 'no'],
        fallback: { output: null },
      },
    ])
  })

  test('is one entry for all stages that wait for the same signal', () => {
    const [wait] = signalWaits([0, 1].map((n) => ({ ...waiting, address: `all[${n}]/ask`, input: { signal: 'go' } })))
    expect(wait).toMatchObject({ stages: ['all[0]/ask', 'all[1]/ask'], untilAt: null, choices: [], fallback: null })
  })

  test('is nothing once the stage has ended, or before it began', () => {
    const input = { signal: 'go' }
    expect(
      signalWaits([
        { ...waiting, input, status: 'completed' },
        { ...waiting, input: null },
      ]),
    ).toEqual([])
  })

  test('is time, of a stage that only lets it pass', () => {
    const delay = { ...waiting, component: 'delay' }
    expect(delayEndsAt({ ...delay, input: { seconds: 2 } })).toBe(Date.parse(startedAt) + 2_000)
    expect(delayEndsAt({ ...delay, input: { until: '2026-03-11T00:00:00+01:00' } })).toBe(Date.UTC(2026, 2, 10, 23))
    expect(delayEndsAt({ ...waiting, input: { seconds: 2 } })).toBeNull()
  })
})

describe('a retry', () => {
  test('may begin with the stage that failed, or with any other that was reached outside of a foreach', () => {
    const stage = (
      address: string,
      status: 'completed' | 'failed' | 'pending' | 'skipped',
      iteration: number | null,
    ) => ({
      node: address,
      address,
      status,
      iteration,
    })
    const stages = [
      stage('load', 'completed', null),
      stage('each', 'failed', null),
      stage('each[1]/book', 'failed', 1),
      stage('report', 'skipped', null),
    ]
    expect(retryPoints(stages, 'each[1]/book')).toEqual(['each[1]/book', 'load', 'each'])
    expect(retryPoints(stages, undefined)).toEqual(['load', 'each'])
  })
})

test('a pending execution waits for its instant until that has come, and for its turn afterwards', () => {
  const times = { startsAt: startedAt, expiresAt: '2026-03-10T12:01:00.000Z' }
  const startsAtMs = Date.parse(startedAt)
  expect(pendingUntil(times, startsAtMs - 1)).toEqual({ startsAtMs, expiresAtMs: startsAtMs + 60_000 })
  expect(pendingUntil(times, startsAtMs)).toEqual({ startsAtMs: null, expiresAtMs: startsAtMs + 60_000 })
  expect(pendingUntil({ startsAt: null, expiresAt: null }, 0)).toEqual({ startsAtMs: null, expiresAtMs: null })
})

test('a stage that ended before its retry was accepted is one that was kept', () => {
  const retry = { replayOf: 'exec_1', acceptedAt: startedAt }
  expect(isKept({ endedAt: '2026-03-10T11:59:59.999Z' }, retry)).toBe(true)
  expect(isKept({ endedAt: startedAt }, retry)).toBe(false)
  expect(isKept({ endedAt: null }, retry)).toBe(false)
})

test('an early answer is one that was sent, whatever else the execution did', () => {
  const stage = { component: 'respond', address: 'ack', status: 'completed', endedAt: startedAt } as const
  const sent = { ...stage, input: { status: 202 }, output: { sent: true } }
  expect(earlyAnswer([{ ...stage, input: {}, output: { sent: false } }, sent])).toEqual({
    stage: 'ack',
    httpStatus: 202,
    at: startedAt,
  })
  expect(earlyAnswer([{ ...stage, input: {}, output: { sent: false } }])).toBeNull()
})

test('a workflow stage leads to the execution the trace names, also before the list has it', () => {
  const child = { executionId: 'exec_2', workflowName: 'score' }
  const stage = (childExecutionId?: string) => ({
    metadata: childExecutionId === undefined ? {} : { childExecutionId },
  })
  expect(childOfStage(stage('exec_2'), [{ executionId: 'exec_1' }, child])).toEqual({ id: 'exec_2', known: child })
  expect(childOfStage(stage('exec_3'), [child])).toEqual({ id: 'exec_3', known: null })
  expect(childOfStage(stage(), [child])).toBeNull()
})

describe('what is typed as JSON', () => {
  test('is read, or refused with the place where it stops being JSON', () => {
    expect(readJson('[1, null]')).toEqual({ ok: true, value: [1, null] })
    expect(readJson(' ')).toEqual({ ok: false, message: 'This is empty.' })
    expect(readJson('{\n  "a": x }')).toEqual({
      ok: false,
      message: 'Not JSON: line 2, column 8: "x" is not expected here.',
    })
    expect(readJsonObject('[]')).toMatchObject({ ok: false })
  })

  test('is refused stage by stage where it stands for outputs', () => {
    expect(readMocks({ pay: '{"ok":true}', mail: 'null' })).toEqual({
      ok: true,
      value: { pay: { ok: true }, mail: null },
    })
    expect(readMocks({ pay: '', mail: '1' })).toEqual({ ok: false, issues: { pay: 'This is empty.' } })
  })
})

test('of a draft everything with an id is shown, and what decides which stages run cannot be mocked', () => {
  const stages = [{ id: 'a', component: 'http-request' }, { id: 'b', component: 'switch', depends_on: ['a'] }, {}, 7]
  expect(draftStages({ stages })).toMatchObject([
    { id: 'a', component: 'http_request', dependsOn: [], isMockable: true },
    { id: 'b', component: 'switch', dependsOn: ['a'], isMockable: false },
  ])
  expect(draftStages({ stages: 'none' })).toEqual([])
})

test('a deadline is told to the minute, with the year only where it is another', () => {
  const at = Date.UTC(2026, 2, 10, 8, 5)
  expect(formatMinute(at, at, 'UTC')).toBe('Tue, Mar 10, 08:05 UTC')
  expect(formatMinute(at, Date.UTC(2025, 0, 1), 'UTC')).toBe('Tue, Mar 10, 2026, 08:05 UTC')
})

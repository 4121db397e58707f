import { describe, expect, test } from 'vitest'
import type { Json } from '#core/kernel/json'
import { diffDocuments } from '../../../worker/services/diff-documents'

const texts = (before: Json, after: Json) => diffDocuments(before, after).map((change) => change.text)
const stage = (id: string, config: Json, more: object = {}): Json => ({
  id,
  component: 'http_request',
  config,
  ...more,
})

describe('the difference between two documents', () => {
  test('names the stage, the place and both values, with units', () => {
    const change = diffDocuments(
      { stages: [stage('charge', { timeout: 30_000 })] },
      { stages: [stage('charge', { timeout: 10_000 })] },
    )
    expect(change).toEqual([
      {
        kind: 'stage_changed',
        path: '/stages/charge/config/timeout',
        old: 30_000,
        new: 10_000,
        text: 'stage charge: timeout 30 s → 10 s',
      },
    ])
  })

  test('tells keys that are named like inherited members as any others', () => {
    const body = JSON.parse('{"constructor":1,"__proto__":2,"toString":"x"}') as Json
    const [before, after] = [{ stages: [stage('send', { body: {} })] }, { stages: [stage('send', { body })] }]
    expect(texts(before, after)).toEqual([
      'stage send: body.constructor nothing → 1',
      'stage send: body.__proto__ nothing → 2',
      'stage send: body.toString nothing → "x"',
    ])
    expect(texts(after, before)).toContain('stage send: body.constructor 1 → nothing')
  })

  test('is nothing when only the order of keys or of stages changed', () => {
    const a = stage('a', { url: 'x', method: 'GET' })
    const b = stage('b', {})
    expect(
      diffDocuments({ name: 'n', stages: [a, b] }, { stages: [b, stage('a', { method: 'GET', url: 'x' })], name: 'n' }),
    ).toEqual([])
  })

  test('tells added and removed stages and triggers with their types', () => {
    const before = { stages: [stage('old', {})], triggers: [{ type: 'webhook' }] }
    const after = {
      stages: [stage('new', {})],
      triggers: [{ type: 'webhook' }, { type: 'schedule', cron: '* * * * *' }],
    }
    expect(texts(before, after)).toEqual([
      'trigger schedule added (schedule)',
      'stage old removed (http_request)',
      'stage new added (http_request)',
    ])
  })

  test('tells a member that came or went', () => {
    expect(texts({ settings: {} }, { settings: { concurrency: 5 } })).toEqual(['settings.concurrency nothing → 5'])
    expect(texts({ stages: [stage('a', {}, { on_error: 'continue' })] }, { stages: [stage('a', {})] })).toEqual([
      'stage a: on_error "continue" → nothing',
    ])
  })

  test('tells two triggers of one type apart as the validator names them', () => {
    const daily = { type: 'schedule', cron: '0 9 * * *' }
    const nightly = { type: 'schedule', cron: '0 0 * * *' }
    expect(texts({ triggers: [daily, daily] }, { triggers: [daily, nightly] })).toEqual([
      'trigger schedule-2: cron "0 9 * * *" → "0 0 * * *"',
    ])
  })

  test('keeps long values short', () => {
    const [text = ''] = texts({ output: 'x'.repeat(500) }, { output: 'y' })
    expect(text.length).toBeLessThan(120)
    expect(text).toContain('… → "y"')
  })
})

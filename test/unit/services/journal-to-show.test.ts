import { expect, test } from 'vitest'
import { LIMITS } from '#core/model/limits'
import { readJournalToShow } from '../../../worker/services/runner/keep-output'

const succeeded = (stage: string, more: object = {}) =>
  JSON.stringify({ v: 1, at: 1, type: 'stage_succeeded', stage, attempt: 1, input: null, output: null, ...more })

/** A store of outputs of one size, and what was asked of it. */
function storeOf(chars: number) {
  const asked: string[] = []
  const get = async (key: string) => {
    asked.push(key)
    return key === 'gone' ? null : JSON.stringify('x'.repeat(chars))
  }
  return { asked, outputs: { put: async () => undefined, get } }
}

const lengths = (events: readonly object[]) =>
  events.map((event) => ('output' in event && typeof event.output === 'string' ? event.output.length : null))

test('a trace reads large outputs up to what one answer holds, leaves out the rest and says so', async () => {
  const size = LIMITS.traceStoredCharsMax / 2 + 1
  const { asked, outputs } = storeOf(size)
  const lines = ['a', 'b', 'c', 'd'].map((stage) => succeeded(stage, { outputRef: stage }))
  const { events, isCut } = await readJournalToShow([...lines, succeeded('e', { output: 'small' })], outputs)
  expect(lengths(events)).toEqual([size, size, null, null, 5])
  expect([asked, isCut]).toEqual([['a', 'b'], true])
})

test('a trace shows null where an output is gone, and says that it is cut', async () => {
  const { outputs } = storeOf(10)
  const lines = [succeeded('a', { outputRef: 'gone' }), succeeded('b', { outputRef: 'b' })]
  const { events, isCut } = await readJournalToShow(lines, outputs)
  expect([lengths(events), isCut]).toEqual([[null, 10], true])
})

test('a trace with all it has is not cut', async () => {
  const { outputs } = storeOf(10)
  const { events, isCut } = await readJournalToShow([succeeded('a', { outputRef: 'a' }), succeeded('b')], outputs)
  expect([lengths(events), isCut]).toEqual([[10, null], false])
})

import { describe, expect, it } from 'vitest'
import type { CodeAnswer } from '#core/components/code-call'
import type { CodeBundle, CodeHost, CodeRunner } from '../../../worker/ports/code-runner'
import { limitIsolates } from '../../../worker/services/runner/limit-isolates'

const RETURNED: CodeAnswer = { kind: 'returned', output: null }

function bundle(versionId: string): CodeBundle {
  return { organizationId: 'org_1', versionId, environment: 'sealed', sources: new Map() }
}

const hostOf = (signal = new AbortController().signal): CodeHost => ({
  signal,
  log: () => undefined,
  http: async () => ({ kind: 'failed', failure: { code: 'none', message: 'none' }, durationMs: 0 }),
})

/** A runner whose calls end when the test says so; knows how many releases were called at a time. */
function held() {
  const open: { readonly bundle: CodeBundle; readonly end: () => void }[] = []
  let most = 0
  const run: CodeRunner = ({ bundle: own }) =>
    new Promise((resolve) => {
      const entry = {
        bundle: own,
        end: () => {
          open.splice(open.indexOf(entry), 1)
          resolve(RETURNED)
        },
      }
      open.push(entry)
      most = Math.max(most, new Set(open.map((one) => one.bundle)).size)
    })
  return { run, open, most: () => most }
}

const callOf = (own: CodeBundle) => ({
  bundle: own,
  source: 'main',
  inputs: {},
  secrets: {},
  timeoutMs: 1_000,
  execution: { id: 'exec_1', stage: 'main', attempt: 1, idempotencyKey: 'exec_1:main' },
})

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('the code runner of one invocation', () => {
  it('calls at most four releases at a time and lets the others wait (F-24)', async () => {
    const { run, open, most } = held()
    const limited = limitIsolates(run)
    const calls = Array.from({ length: 10 }, (_, i) => limited(callOf(bundle(`version_${i}`)), hostOf()))
    await turn()
    expect(open.map(({ bundle: own }) => own.versionId)).toEqual(['version_0', 'version_1', 'version_2', 'version_3'])
    while (open.length > 0) {
      open[0]?.end()
      await turn()
    }
    expect(await Promise.all(calls)).toEqual(calls.map(() => RETURNED))
    expect(most()).toBe(4)
  })

  it('lets fifty stages of one release run beside each other (F-24)', async () => {
    const { run, open } = held()
    const limited = limitIsolates(run)
    const own = bundle('version_1')
    const calls = Array.from({ length: 50 }, () => limited(callOf(own), hostOf()))
    await turn()
    expect(open).toHaveLength(50)
    for (const { end } of open.slice()) end()
    expect(await Promise.all(calls)).toHaveLength(50)
  })

  it('tells a call that it waits, and when its turn has come (F-24)', async () => {
    const { run, open } = held()
    const limited = limitIsolates(run, 1)
    const told: string[] = []
    const hearing = (name: string): CodeHost => ({
      ...hostOf(),
      queued: (isWaiting) => void told.push(`${name} ${isWaiting ? 'waits' : 'goes on'}`),
    })
    const first = limited(callOf(bundle('version_1')), hearing('first'))
    const second = limited(callOf(bundle('version_2')), hearing('second'))
    await turn()
    expect(told).toEqual(['second waits'])
    open[0]?.end()
    await turn()
    expect(told).toEqual(['second waits', 'second goes on'])
    open[0]?.end()
    expect([await first, await second]).toEqual([RETURNED, RETURNED])
  })

  it('goes on after a call that breaks', async () => {
    const limited = limitIsolates(async ({ bundle: own }) => {
      if (own.versionId === 'broken') throw new Error('broken')
      return RETURNED
    }, 1)
    const broken = limited(callOf(bundle('broken')), hostOf()).catch((error: Error) => error.message)
    const next = limited(callOf(bundle('whole')), hostOf())
    expect([await broken, await next]).toEqual(['broken', RETURNED])
  })

  it('forgets a call whose execution ended while it waited', async () => {
    const { run, open } = held()
    const limited = limitIsolates(run, 1)
    const stop = new AbortController()
    const first = limited(callOf(bundle('version_1')), hostOf())
    const second = limited(callOf(bundle('version_2')), hostOf(stop.signal))
    const third = limited(callOf(bundle('version_3')), hostOf())
    stop.abort()
    expect(await second).toMatchObject({ kind: 'failed', failure: { code: 'code_aborted' } })
    open[0]?.end()
    await turn()
    expect(open.map(({ bundle: own }) => own.versionId)).toEqual(['version_3'])
    open[0]?.end()
    expect([await first, await third]).toEqual([RETURNED, RETURNED])
  })
})

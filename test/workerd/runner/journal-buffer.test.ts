import { describe, expect, it } from 'vitest'
import type { CommitItem, Work } from '#core/shard/wire'
import { createInbox } from '../../../worker/services/runner/inbox'
import { createJournalBuffer } from '../../../worker/services/runner/journal-buffer'
import { createLeaseClock } from '../../../worker/services/runner/lease-clock'
import type { ShardWriter } from '../../../worker/services/runner/shard-writer'

function bufferOn(commit: (item: CommitItem) => Promise<{ kind: 'ok'; inbox: [] }>) {
  const work: Pick<Work, 'seq' | 'token' | 'events' | 'journal'> = { seq: 0, token: 1, events: 0, journal: [] }
  const clock = () => 0
  return createJournalBuffer(work as Work, {
    clock,
    writer: { commit } as unknown as ShardWriter,
    lease: createLeaseClock(clock, 0, 30_000),
    inbox: createInbox(),
    pack: (lines) => lines,
  })
}

describe('events on their way into the journal', () => {
  it('what a broken commit carried travels again with whatever comes next, in order (I3)', async () => {
    const buffer = bufferOn(() => Promise.reject(new Error('Network connection lost.')))
    buffer.push('a')
    buffer.push('b')
    await expect(buffer.ensure(2)).rejects.toThrow('lost')
    buffer.push('c')
    expect(await buffer.rest()).toEqual({ from: 0, events: ['a', 'b', 'c'], heard: 0 })
  })

  it('what happens while a commit travels is not taken for committed', async () => {
    const arrived = Promise.withResolvers<void>()
    const buffer = bufferOn(async () => {
      await arrived.promise
      return { kind: 'ok', inbox: [] }
    })
    buffer.push('a')
    const ensured = buffer.ensure(1)
    buffer.push('b')
    arrived.resolve()
    await ensured
    expect(buffer.committed()).toBe(1)
    expect(await buffer.rest()).toEqual({ from: 1, events: ['b'], heard: 0 })
  })
})

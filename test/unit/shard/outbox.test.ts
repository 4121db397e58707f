import { describe, expect, it } from 'vitest'
import type { Shard } from '#core/shard/memory'
import { addPost, posted, postsDue } from '#core/shard/outbox'
import type { Post, ShardStore } from '#core/shard/store'

const TARGET = `exec_${'0'.repeat(9)}e${'1'.repeat(12)}${'0'.repeat(9)}`

/** A shard that has nothing but an outbox. */
function withOutbox() {
  let posts: Post[] = []
  const store = {
    addPost: (post: Omit<Post, 'id' | 'tries'>) => void posts.push({ ...post, id: posts.length, tries: 0 }),
    postsDue: (now: number) => posts.filter(({ dueAt }) => dueAt <= now),
    nextPostDue: () => (posts.length === 0 ? null : Math.min(...posts.map(({ dueAt }) => dueAt))),
    postponePost: (id: number, dueAt: number) => {
      posts = posts.map((post) => (post.id === id ? { ...post, dueAt, tries: post.tries + 1 } : post))
    },
    dropPost: (id: number) => {
      posts = posts.filter((post) => post.id !== id)
    },
  } as unknown as ShardStore
  const memory = { meta: { config: { organizationId: 'org_1' } }, postDueAt: null }
  return { store, memory } as unknown as Shard
}

describe('messages to other executions', () => {
  it('a message names its execution, and is gone once it was heard', () => {
    const shard = withOutbox()
    addPost(shard, { target: TARGET, kind: 'child_cancel', body: '{"key":"exec_parent"}' }, 100)
    const [delivery] = postsDue(shard, 100)
    expect(delivery).toMatchObject({
      ref: `e${'1'.repeat(12)}`,
      shard: 0,
      request: { organizationId: 'org_1', seq: 0, kind: 'child_cancel', key: 'exec_parent' },
    })
    posted(shard, delivery!.post, true, 200)
    expect(postsDue(shard, 999_999)).toEqual([])
    expect(shard.memory.postDueAt).toBeNull()
  })

  it('one that was not heard is told again after 1 s, 2 s … and at least every minute', () => {
    const shard = withOutbox()
    addPost(shard, { target: TARGET, kind: 'child_cancel', body: '{"key":"k"}' }, 0)
    const waits: number[] = []
    let now = 0
    for (let n = 0; n < 9; n++) {
      const [delivery] = postsDue(shard, now)
      posted(shard, delivery!.post, false, now)
      const next = shard.memory.postDueAt ?? 0
      waits.push(next - now)
      expect(postsDue(shard, next - 1)).toEqual([])
      now = next
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
  })

  it('one that names no execution is dropped', () => {
    const shard = withOutbox()
    addPost(shard, { target: 'nobody', kind: 'child_cancel', body: '{"key":"k"}' }, 0)
    expect(postsDue(shard, 0)).toEqual([])
    expect(shard.memory.postDueAt).toBeNull()
  })
})

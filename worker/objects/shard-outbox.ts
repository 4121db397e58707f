import * as z from 'zod'
import type { EpochMs } from '#core/kernel/time'
import type { Post } from '#core/shard/store'

type PostColumns = { id: number; target: string; kind: string; body: string; due_at: number; tries: number }

const Kind = z.enum(['child_finished', 'child_cancel'])

/** What executions of a shard have to tell others, until it was heard. */
export function createOutboxTable(sql: SqlStorage) {
  return {
    addPost({ target, kind, body, dueAt }: Omit<Post, 'id' | 'tries'>): void {
      sql.exec(
        'INSERT INTO outbox (target, kind, body, due_at, tries) VALUES (?, ?, ?, ?, 0)',
        target,
        kind,
        body,
        dueAt,
      )
    },
    postsDue(now: EpochMs, limit: number): readonly Post[] {
      return sql
        .exec<PostColumns>('SELECT * FROM outbox WHERE due_at <= ? ORDER BY due_at, id LIMIT ?', now, limit)
        .toArray()
        .map(({ due_at: dueAt, kind, ...post }) => ({ ...post, dueAt, kind: Kind.parse(kind) }))
    },
    nextPostDue(): EpochMs | null {
      return sql.exec<{ at: number | null }>('SELECT min(due_at) AS at FROM outbox').one().at
    },
    postponePost(id: number, dueAt: EpochMs): void {
      sql.exec('UPDATE outbox SET due_at = ?, tries = tries + 1 WHERE id = ?', dueAt, id)
    },
    dropPost(id: number): void {
      sql.exec('DELETE FROM outbox WHERE id = ?', id)
    },
  }
}

import type { SweepCursor } from '../../ports/sweep-cursor'

/** The cursor of one sweep, by its name. */
export function createSweepCursor(db: D1Database, name: string): SweepCursor {
  return {
    async read() {
      const select = db.prepare('SELECT after FROM sweep_cursors WHERE name = ?1').bind(name)
      return (await select.first<{ after: string }>())?.after ?? ''
    },
    async move(after) {
      const upsert = 'INSERT INTO sweep_cursors VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET after = excluded.after'
      await db.prepare(upsert).bind(name, after).run()
    },
  }
}

import * as z from 'zod'
import type { InboxEntry } from '#core/shard/wire'

const Cancel = z.object({ reason: z.string(), actor: z.string().nullable() })

/** The wish in a `cancel` entry of the inbox. */
export function readCancel(entry: InboxEntry): z.output<typeof Cancel> {
  return Cancel.parse(JSON.parse(entry.body))
}

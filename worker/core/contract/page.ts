import * as z from 'zod'

/** An instant as it leaves the program: ISO 8601 in UTC. */
export const Instant = z.string().meta({ format: 'date-time' })

export const PAGE_LIMIT_DEFAULT = 50
export const PAGE_LIMIT_MAX = 200

/** Query members every list takes. Its cursors are ids with the prefix, or numbers. */
export function pageQuery(
  cursors: 'workflow' | 'deploy' | 'exec' | 'key' | 'user' | 'inv' | 'proj' | 'dl' | 'dlv' | 'number',
) {
  const pattern = cursors === 'number' ? /^\d{1,9}$/ : new RegExp(`^${cursors}_[0-9a-z]{1,64}$`)
  return {
    limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
    cursor: z.string().regex(pattern, 'this is no cursor of this list').optional(),
  }
}

export type PageQuery = { readonly limit: number; readonly cursor?: string | undefined }

/** The body of a list: `nextCursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null }

/** Who did something. */
export const ActorShape = z.object({ id: z.string(), email: z.string().nullable() }).meta({ id: 'Actor' })

/** An id or the name of an environment inside a body; long enough for any, short enough to be repeated in a refusal. */
export const ReferenceShape = z.string().min(1).max(100)

/** The parameter of calls about one thing. */
export const IdParam = z.object({ id: z.string() })

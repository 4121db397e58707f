import * as z from 'zod'

/** An instant as it leaves the program: ISO 8601 in UTC. */
export const Instant = z.string().meta({ format: 'date-time' })

export const PAGE_LIMIT_DEFAULT = 50
export const PAGE_LIMIT_MAX = 200

/** Query members every list takes. */
export const PAGE_QUERY = {
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT_MAX).default(PAGE_LIMIT_DEFAULT),
  cursor: z.string().min(1).max(200).optional(),
}

export type PageQuery = { readonly limit: number; readonly cursor?: string | undefined }

/** The body of a list: `nextCursor` is null on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() })
}

export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null }

/** Who did something. */
export const ActorShape = z.object({ id: z.string(), email: z.string().nullable() }).meta({ id: 'Actor' })

/** The parameter of calls about one thing. */
export const IdParam = z.object({ id: z.string() })

import * as z from 'zod'

const RULE = 'an instant is ISO 8601 with its offset, such as 2026-01-05T09:00:00Z'

/** An instant as a caller writes it: ISO 8601 with its offset. */
export const InstantShape = z.iso.datetime({ offset: true, error: RULE })

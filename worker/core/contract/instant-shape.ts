import * as z from 'zod'

/** An instant as a caller writes it: ISO 8601 with its offset. */
export const InstantShape = z.iso.datetime({ offset: true })

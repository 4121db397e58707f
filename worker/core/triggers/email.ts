import * as z from 'zod'
import { defineTrigger } from './define-trigger'

const TextFilter = z.union([
  z.string().min(1),
  z.strictObject({ contains: z.string().min(1).optional(), equals: z.string().min(1).optional() }),
])

/** New messages of a mailbox (S40). */
export const email = defineTrigger({
  type: 'email',
  title: 'Email',
  description: 'Starts when a message arrives.',
  source: 'poll',
  available: false,
  credentials: [],
  config: {
    connection: z.string().min(1),
    filters: z
      .strictObject({
        from: TextFilter.optional(),
        subject: TextFilter.optional(),
        hasAttachments: z.boolean().optional(),
      })
      .optional(),
    pollInterval: z
      .string()
      .regex(/^[1-9][0-9]{0,3}[smhd]$/, 'Write a number and s, m, h or d, such as 5m.')
      .default('5m'),
  },
})

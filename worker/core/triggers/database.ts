import * as z from 'zod'
import { defineTrigger } from './define-trigger'

/** Row changes of a table (S41). */
export const database = defineTrigger({
  type: 'database',
  title: 'Database',
  description: 'Starts when rows of a table change.',
  source: 'poll',
  available: false,
  credentials: [],
  config: {
    connection: z.string().min(1),
    table: z.string().min(1),
    events: z.array(z.enum(['INSERT', 'UPDATE', 'DELETE'])).min(1),
    columns: z.array(z.string().min(1)).optional(),
    filter: z.string().min(1).optional(),
  },
})

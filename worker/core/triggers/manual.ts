import * as z from 'zod'
import { defineTrigger } from './define-trigger'
import { InputSchema } from './input-schema'

/** Started by a person or an API call, with input checked against `inputSchema` (S13–S15). */
export const manual = defineTrigger({
  type: 'manual',
  title: 'Manual',
  description: 'Starts when a person or an API call asks for it.',
  source: 'call',
  available: true,
  credentials: [],
  config: {
    inputSchema: InputSchema.optional().meta({
      title: 'Input',
      description: 'The fields a caller gives: type, required, default, enum and bounds of each.',
    }),
    description: z.string().max(1_000).optional(),
  },
})

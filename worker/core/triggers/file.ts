import * as z from 'zod'
import { defineTrigger } from './define-trigger'

/** New or changed files of a storage (S42). */
export const file = defineTrigger({
  type: 'file',
  title: 'File',
  description: 'Starts when files are created or modified.',
  source: 'poll',
  available: false,
  credentials: [],
  config: {
    source: z.string().min(1),
    folderId: z.string().min(1),
    events: z.array(z.enum(['created', 'modified', 'deleted'])).min(1),
    fileTypes: z.array(z.string().min(1)).optional(),
    recursive: z.boolean().default(false),
  },
})

import * as z from 'zod'
import { defineTrigger } from './define-trigger'

export const APPS = ['hubspot', 'zendesk', 'slack', 'jira', 'google_cloud_storage', 'zoho'] as const

/** Events of another application (S34–S39). */
export const appEvent = defineTrigger({
  type: 'app_event',
  title: 'App event',
  description: 'Starts when something happens in another application.',
  source: 'request',
  available: false,
  credentials: ['/authentication/apiKey', '/authentication/clientSecret'],
  config: {
    app: z.enum(APPS),
    authentication: z
      .strictObject({
        apiKey: z.string().min(1).optional(),
        clientSecret: z.string().min(1).optional(),
        portalId: z.string().min(1).optional(),
      })
      .optional(),
    events: z.array(z.string().min(1)).min(1).optional(),
    filters: z.record(z.string(), z.json()).optional(),
  },
})

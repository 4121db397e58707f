import * as z from 'zod'
import { defineTrigger } from './define-trigger'

/** Messages of a queue (S43). */
export const queue = defineTrigger({
  type: 'queue',
  title: 'Message queue',
  description: 'Starts when a message arrives in a queue.',
  source: 'poll',
  available: false,
  credentials: [],
  config: {
    provider: z.enum(['sqs', 'rabbitmq']),
    queueUrl: z.string().min(1),
    connection: z.string().min(1).optional(),
    batchSize: z.int().min(1).max(10_000).default(10),
    visibilityTimeout: z.int().min(0).max(43_200).default(300),
  },
})

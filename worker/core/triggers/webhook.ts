import * as z from 'zod'
import { LIMITS } from '../model/limits'
import { PLAN_LIMITS } from '../model/plan-limits'
import { defineTrigger } from './define-trigger'
import { Authentication, secretPointers } from './schemes/registry'

export const WEBHOOK_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const

const Methods = z
  .array(z.enum(WEBHOOK_METHODS))
  .min(1)
  .transform((methods) => [...new Set(methods)])

const Origin = z
  .string()
  .regex(
    /^https?:\/\/[a-z0-9.-]+(?::[0-9]{1,5})?$/i,
    'An origin is written exactly, as https://app.example.com: no path, no wildcard.',
  )

const Cors = z.strictObject({
  enabled: z.boolean().default(false),
  allowedOrigins: z.array(Origin).max(100).default([]),
  allowedMethods: Methods.optional().meta({ description: 'Absent: the methods of the trigger.' }),
})

const RateLimit = z.strictObject({
  requests: z.int().min(1).max(PLAN_LIMITS.endpointRequestsMost).meta({ title: 'Requests' }),
  seconds: z.int().min(1).max(PLAN_LIMITS.endpointWindowSecondsMost).default(60).meta({ title: 'In seconds' }),
})

/** An HTTP endpoint of its own (S16–S25). */
export const webhook = defineTrigger({
  type: 'webhook',
  title: 'Webhook',
  description: 'Starts when another system calls its URL.',
  source: 'request',
  available: true,
  credentials: secretPointers().map((pointer) => `/authentication${pointer}`),
  config: {
    method: Methods.default(['POST']).meta({ title: 'Methods', description: 'Others are answered 405.' }),
    authentication: Authentication.default({ type: 'none' }).meta({
      title: 'Authentication',
      description: 'How a caller proves who it is.',
    }),
    responseMode: z.enum(['immediate', 'lastNode']).default('immediate').meta({
      title: 'Response',
      description: 'immediate answers at once; lastNode answers with the workflow output.',
    }),
    timeout: z.int().min(LIMITS.stageTimeoutMsMin).max(LIMITS.stageTimeoutMsMax).optional().meta({
      title: 'Timeout',
      description:
        'Longest an execution may take, in milliseconds. Absent: 30000 where the caller waits (lastNode), else the limit of the workflow.',
    }),
    rateLimit: RateLimit.optional().meta({
      title: 'Rate limit',
      description: 'Calls beyond it are answered 429. Absent: only the limit of the organization holds.',
    }),
    cors: Cors.optional().meta({ title: 'CORS', description: 'Which web pages may call it from a browser.' }),
  },
})

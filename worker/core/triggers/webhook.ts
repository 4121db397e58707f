import * as z from 'zod'
import { LIMITS } from '../model/limits'
import { defineTrigger } from './define-trigger'

export const WEBHOOK_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'] as const

const HeaderName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'A header name has no spaces and no colon.')

const Credential = z.string().min(1, 'An empty credential would let anybody in.').max(4_096)

const Authentication = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({ type: z.literal('api_key'), header: HeaderName.default('X-API-Key'), key: Credential }),
  z.strictObject({ type: z.literal('bearer'), token: Credential }),
  z.strictObject({
    type: z.literal('hmac'),
    algorithm: z.enum(['sha256', 'sha512']).default('sha256'),
    header: HeaderName.default('X-Signature'),
    secret: Credential,
    encoding: z.enum(['hex', 'base64']).optional().meta({ description: 'Absent: both are accepted.' }),
    prefix: z.string().max(20).optional().meta({ description: 'Text before the signature, such as sha256=.' }),
  }),
  z.looseObject({ type: z.literal('oauth') }),
])

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

/** An HTTP endpoint of its own (S16–S25). */
export const webhook = defineTrigger({
  type: 'webhook',
  title: 'Webhook',
  description: 'Starts when another system calls its URL.',
  source: 'request',
  available: true,
  credentials: ['/authentication/key', '/authentication/token', '/authentication/secret'],
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
    cors: Cors.optional().meta({ title: 'CORS', description: 'Which web pages may call it from a browser.' }),
  },
})

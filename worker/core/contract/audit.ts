import * as z from 'zod'
import { InstantFilter } from './executions'
import { defineOperation } from './operation'
import { ActorShape, Instant, pageOf, pageQuery } from './page'

/** Entries one call of the export hands out. */
export const AUDIT_EXPORT_MAX = 1_000

const Entry = z.object({
  seq: z.int().nullable().describe('Place in the chain; null for what was written before there was one'),
  id: z.string(),
  at: Instant,
  actor: ActorShape,
  action: z.string(),
  target: z.string(),
  detail: z.record(z.string(), z.unknown()).nullable(),
  hash: z.string().nullable(),
})

const Head = z.object({ seq: z.int(), hash: z.string() })

/** An entry exactly as it is hashed: instants in milliseconds, the detail as text. */
const Link = z.object({
  seq: z.int(),
  id: z.string(),
  at: z.int().describe('Milliseconds since 1970'),
  actor: ActorShape,
  action: z.string(),
  target: z.string(),
  detail: z.string().nullable().describe('JSON text'),
  hash: z.string(),
})

/** The calls about who did what. */
export const auditOperations = {
  listAudit: defineOperation({
    method: 'GET',
    path: '/v1/audit',
    tag: 'Audit',
    summary: 'Lists who changed and read what, newest first',
    scope: 'audit:read',
    query: z.strictObject({
      ...pageQuery('dl'),
      cursor: z
        .string()
        .regex(/^audit_[0-9a-z]{1,64}$/, 'this is no cursor of this list')
        .optional(),
      actor: z.string().max(100).optional().describe('Id of a person or key'),
      action: z
        .string()
        .regex(/^[a-z_]+(?:\.[a-z_]+)?$/, 'an action is written noun.verb; the noun alone finds all of them')
        .optional(),
      target: z.string().max(200).optional(),
      secret: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'this is no name of a secret')
        .optional()
        .describe('Name of a secret: who changed it, and for which executions it was opened'),
      execution: z
        .string()
        .regex(/^exec_[0-9a-z]{1,64}$/, 'this is no id of an execution')
        .optional()
        .describe('Id of an execution: which secrets were opened for it'),
      from: InstantFilter.optional(),
      to: InstantFilter.optional(),
    }),
    responses: { 200: pageOf(Entry.meta({ id: 'AuditEntry' })) },
  }),
  exportAudit: defineOperation({
    method: 'GET',
    path: '/v1/audit/export',
    tag: 'Audit',
    summary: 'Hands out the chain of the audit, so that it can be verified without this service',
    scope: 'audit:read',
    query: z.strictObject({
      after: z.coerce.number().int().min(0).default(0).describe('Number of the last entry that is already there'),
      limit: z.coerce.number().int().min(1).max(AUDIT_EXPORT_MAX).default(AUDIT_EXPORT_MAX),
    }),
    responses: {
      200: z.object({
        organizationId: z.string(),
        algorithm: z.literal('millrace-audit-v1'),
        from: Head.describe('What the first entry follows'),
        entries: z.array(Link),
        head: Head.describe('Where the whole chain stands'),
      }),
    },
  }),
}

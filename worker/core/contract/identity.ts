import * as z from 'zod'
import { ClaimedEmailShape, EmailShape } from './email-shape'
import { InstantShape } from './instant-shape'
import { nameShape } from './name-shape'
import { defineOperation } from './operation'
import { IdParam, Instant, pageOf, pageQuery, ReferenceShape } from './page'
import { KEY_WARNINGS } from './key-warnings'
import { GivenPasswordShape, NewPasswordShape } from './password-shape'
import { InvitationTokenShape } from './people'
import { PROJECT_ROLES, ROLES, ScopeShape } from './scopes'
import { CodeShape } from './second-factor'

const UserShape = z.object({ id: z.string(), email: z.string() }).meta({ id: 'User' })
const OrganizationShape = z
  .object({ id: z.string(), name: z.string(), role: z.enum(ROLES) })
  .meta({ id: 'Organization' })

export const SessionShape = z
  .object({ user: UserShape, organizations: z.array(OrganizationShape), csrfToken: z.string() })
  .meta({ id: 'Session' })

const MeShape = z.object({
  user: UserShape.extend({
    emailVerifiedAt: Instant.nullable().describe('When the address was confirmed; null: it was not yet'),
  })
    .meta({ id: 'OwnUser' })
    .nullable(),
  key: z.object({ id: z.string(), name: z.string() }).nullable(),
  organizationId: z.string(),
  organizations: z.array(OrganizationShape),
  scopes: z.array(z.string()),
  projectRoles: z
    .array(z.object({ id: z.string(), role: z.enum(PROJECT_ROLES) }))
    .meta({ description: 'What one may do in projects beyond these scopes' }),
  csrfToken: z.string().nullable(),
})

const key = {
  id: z.string(),
  prefix: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  environments: z.array(z.string()).nullable(),
  workflowIds: z.array(z.string()).nullable(),
  createdAt: Instant,
  expiresAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
  rotateBy: Instant.describe('When it is 90 days old: after that it should have been rotated'),
  warnings: z
    .array(z.enum(KEY_WARNINGS))
    .describe('`old`: rotateBy has passed · `expiring`: it ends within 14 days · `unused`: not used for 90 days'),
}
export const KeyShape = z.object(key).meta({ id: 'Key' })
export const NewKeyShape = z.object({ ...key, key: z.string() }).meta({ id: 'NewKey' })

/** Whoever was invited belongs somewhere already; everybody else names an organization of their own. */
const SignUpBody = z
  .strictObject({
    email: EmailShape,
    password: NewPasswordShape,
    organizationName: nameShape(200).optional(),
    invitation: InvitationTokenShape.optional(),
  })
  .refine(({ organizationName, invitation }) => (organizationName === undefined) !== (invitation === undefined), {
    path: ['organizationName'],
    message: 'either an organizationName or an invitation is needed, not both',
  })

/** The calls about who is asking. */
export const identityOperations = {
  signUp: defineOperation({
    method: 'POST',
    path: '/v1/auth/sign-up',
    tag: 'Identity',
    summary: 'Creates a user with an organization of their own, or in the one that invited them, and signs them in',
    scope: 'public',
    body: SignUpBody,
    responses: { 201: SessionShape },
    refusals: ['email_taken', 'invitation_ended', 'invitation_not_yours', 'rate_limited'],
  }),
  signIn: defineOperation({
    method: 'POST',
    path: '/v1/auth/sign-in',
    tag: 'Identity',
    summary: 'Opens a session of the dashboard; an invitation is accepted on the way',
    scope: 'public',
    body: z.strictObject({
      email: ClaimedEmailShape,
      password: GivenPasswordShape,
      invitation: InvitationTokenShape.optional(),
      code: CodeShape.optional(),
    }),
    responses: { 200: SessionShape },
    refusals: [
      'sign_in_refused',
      'second_factor_required',
      'second_factor_wrong',
      'invitation_ended',
      'invitation_not_yours',
      'rate_limited',
    ],
  }),
  signOut: defineOperation({
    method: 'POST',
    path: '/v1/auth/sign-out',
    tag: 'Identity',
    summary: 'Ends the session',
    scope: 'member',
    body: z.strictObject({}),
    bodyOptional: true,
    responses: { 204: null },
  }),
  getMe: defineOperation({
    method: 'GET',
    path: '/v1/me',
    tag: 'Identity',
    summary: 'Says whose credentials these are and what they allow',
    scope: 'member',
    responses: { 200: MeShape },
  }),
  createKey: defineOperation({
    method: 'POST',
    path: '/v1/keys',
    tag: 'Keys',
    summary: 'Makes an API key; it is shown once',
    scope: 'keys:write',
    body: z.strictObject({
      name: nameShape(200),
      scopes: z.array(ScopeShape).min(1).max(100),
      environments: z.array(ReferenceShape).min(1).max(50).nullable().optional(),
      workflowIds: z.array(ReferenceShape).min(1).max(200).nullable().optional(),
      expiresAt: InstantShape.nullable().optional(),
    }),
    responses: { 201: NewKeyShape },
  }),
  listKeys: defineOperation({
    method: 'GET',
    path: '/v1/keys',
    tag: 'Keys',
    summary: 'Lists the API keys of the organization',
    scope: 'keys:write',
    query: z.strictObject(pageQuery('key')),
    responses: { 200: pageOf(KeyShape) },
  }),
  rotateKey: defineOperation({
    method: 'POST',
    path: '/v1/keys/{id}/rotate',
    tag: 'Keys',
    summary: 'Makes a successor of a key; the old one works for overlapSeconds more',
    scope: 'keys:write',
    params: IdParam,
    body: z.strictObject({
      overlapSeconds: z
        .int()
        .min(0)
        .max(30 * 86_400)
        .default(0),
    }),
    bodyOptional: true,
    responses: { 201: NewKeyShape },
  }),
  deleteKey: defineOperation({
    method: 'DELETE',
    path: '/v1/keys/{id}',
    tag: 'Keys',
    summary: 'Revokes a key',
    scope: 'keys:write',
    params: IdParam,
    responses: { 204: null },
  }),
}

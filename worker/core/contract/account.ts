import * as z from 'zod'
import { ClaimedEmailShape } from './email-shape'
import { SessionShape } from './identity'
import { defineOperation } from './operation'
import { IdParam, Instant, ReferenceShape } from './page'
import { GivenPasswordShape, NewPasswordShape } from './password-shape'
import { InvitationTokenShape } from './people'

const TokenBody = z.strictObject({ token: InvitationTokenShape })

const OwnSessionShape = z
  .object({
    id: z.string(),
    organizationId: z.string(),
    device: z.string().nullable(),
    current: z.boolean(),
    createdAt: Instant,
    lastSeenAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: 'OwnSession' })

const Accepted = z.object({ status: z.literal('accepted') })

/** The calls by which people look after their own account. */
export const accountOperations = {
  verifyEmail: defineOperation({
    method: 'POST',
    path: '/v1/auth/verify',
    tag: 'Account',
    summary: 'Confirms an email address with the token that was mailed to it',
    scope: 'public',
    body: TokenBody,
    responses: { 204: null },
    refusals: ['link_ended'],
  }),
  resendVerification: defineOperation({
    method: 'POST',
    path: '/v1/auth/verify/resend',
    tag: 'Account',
    summary: 'Mails a new token to confirm the address with; the earlier one ends',
    scope: 'member',
    body: z.strictObject({}),
    bodyOptional: true,
    responses: { 202: Accepted },
    refusals: ['person_required', 'rate_limited', 'mail_unavailable'],
  }),
  forgotPassword: defineOperation({
    method: 'POST',
    path: '/v1/auth/forgot',
    tag: 'Account',
    summary: 'Mails a token to choose a new password with, if there is such an account; the answer does not tell',
    scope: 'public',
    body: z.strictObject({ email: ClaimedEmailShape }),
    responses: { 202: Accepted },
    refusals: ['rate_limited'],
  }),
  resetPassword: defineOperation({
    method: 'POST',
    path: '/v1/auth/reset',
    tag: 'Account',
    summary: 'Sets a new password with a mailed token; every session of the account ends',
    scope: 'public',
    body: z.strictObject({ token: InvitationTokenShape, password: NewPasswordShape }),
    responses: { 204: null },
    refusals: ['link_ended', 'rate_limited'],
  }),
  changePassword: defineOperation({
    method: 'POST',
    path: '/v1/auth/password',
    tag: 'Account',
    summary: 'Sets a new password; every session of the account ends, and this one goes on under a new token',
    scope: 'member',
    body: z.strictObject({ current: GivenPasswordShape, next: NewPasswordShape }),
    responses: { 200: SessionShape },
    refusals: ['person_required', 'password_wrong', 'rate_limited'],
    ownIdempotency: true,
  }),
  switchOrganization: defineOperation({
    method: 'POST',
    path: '/v1/auth/switch',
    tag: 'Account',
    summary: 'Goes on in another organization one is a member of, under a new token',
    scope: 'member',
    body: z.strictObject({ organizationId: ReferenceShape }),
    responses: { 200: SessionShape },
    refusals: ['person_required', 'not_found'],
    ownIdempotency: true,
  }),
  listSessions: defineOperation({
    method: 'GET',
    path: '/v1/sessions',
    tag: 'Account',
    summary: 'Lists where one is signed in, the latest used first',
    scope: 'member',
    responses: { 200: z.object({ items: z.array(OwnSessionShape), nextCursor: z.null() }) },
    refusals: ['person_required'],
  }),
  deleteOtherSessions: defineOperation({
    method: 'DELETE',
    path: '/v1/sessions',
    tag: 'Account',
    summary: 'Signs out everywhere else: the session that asks goes on',
    scope: 'member',
    responses: { 200: z.object({ ended: z.int().describe('How many sessions that was') }) },
    refusals: ['person_required'],
  }),
  deleteSession: defineOperation({
    method: 'DELETE',
    path: '/v1/sessions/{id}',
    tag: 'Account',
    summary: 'Signs out somewhere else',
    scope: 'member',
    params: IdParam,
    responses: { 204: null },
  }),
}

import * as z from 'zod'
import { EmailShape } from './email-shape'
import { defineOperation } from './operation'
import { ActorShape, IdParam, Instant, pageOf, pageQuery } from './page'
import { ROLES } from './scopes'

const RoleShape = z.enum(ROLES)

const MemberShape = z
  .object({ id: z.string(), email: z.string(), emailVerified: z.boolean(), role: RoleShape, joinedAt: Instant })
  .meta({ id: 'Member' })

const InvitationShape = z
  .object({
    id: z.string(),
    email: z.string(),
    role: RoleShape,
    createdAt: Instant,
    createdBy: ActorShape,
    expiresAt: Instant,
  })
  .meta({ id: 'Invitation' })

/** As it stands in the letter. */
export const InvitationTokenShape = z.string().min(1).max(200)

/** The calls about the members of an organization. */
export const peopleOperations = {
  listMembers: defineOperation({
    method: 'GET',
    path: '/v1/members',
    tag: 'People',
    summary: 'Lists the members of the organization',
    scope: 'members:write',
    query: z.strictObject(pageQuery('user')),
    responses: { 200: pageOf(MemberShape) },
  }),
  changeMember: defineOperation({
    method: 'PATCH',
    path: '/v1/members/{id}',
    tag: 'People',
    summary: 'Gives a member another role; their sessions in the organization end',
    scope: 'members:write',
    params: IdParam,
    body: z.strictObject({ role: RoleShape }),
    responses: { 200: MemberShape },
    refusals: ['role_too_high', 'last_owner'],
  }),
  removeMember: defineOperation({
    method: 'DELETE',
    path: '/v1/members/{id}',
    tag: 'People',
    summary:
      'Removes a member, with their sessions in the organization, the keys they made and the invitations they sent',
    scope: 'members:write',
    params: IdParam,
    responses: { 204: null },
    refusals: ['role_too_high', 'last_owner'],
  }),
  createInvitation: defineOperation({
    method: 'POST',
    path: '/v1/invitations',
    tag: 'People',
    summary: 'Invites somebody by mail; an earlier invitation of the address ends',
    scope: 'members:write',
    body: z.strictObject({ email: EmailShape, role: RoleShape }),
    responses: { 201: InvitationShape },
    refusals: ['role_too_high', 'email_unverified', 'already_member', 'rate_limited', 'mail_unavailable'],
  }),
  listInvitations: defineOperation({
    method: 'GET',
    path: '/v1/invitations',
    tag: 'People',
    summary: 'Lists the invitations that can still be accepted',
    scope: 'members:write',
    query: z.strictObject(pageQuery('inv')),
    responses: { 200: pageOf(InvitationShape) },
  }),
  deleteInvitation: defineOperation({
    method: 'DELETE',
    path: '/v1/invitations/{id}',
    tag: 'People',
    summary: 'Withdraws an invitation',
    scope: 'members:write',
    params: IdParam,
    responses: { 204: null },
  }),
  acceptInvitation: defineOperation({
    method: 'POST',
    path: '/v1/invitations/accept',
    tag: 'People',
    summary: 'Makes who is signed in a member of the organization that invited them',
    scope: 'member',
    body: z.strictObject({ token: InvitationTokenShape }),
    responses: { 200: z.object({ organizationId: z.string(), name: z.string(), role: RoleShape }) },
    refusals: ['person_required', 'invitation_ended', 'invitation_not_yours', 'already_member'],
  }),
}

import * as z from 'zod'
import { defineOperation } from './operation'
import { IdParam, Instant } from './page'
import { GivenPasswordShape } from './password-shape'
import { AddressShape } from './sign-in-with'

const IdentityShape = z
  .object({
    id: z.string(),
    provider: z.string(),
    email: z.string().describe('As the provider told it last'),
    connectedAt: Instant,
    lastUsedAt: Instant,
  })
  .meta({ id: 'Identity' })

/** The calls about the accounts elsewhere that open one's own account here. */
export const ownIdentityOperations = {
  listIdentities: defineOperation({
    method: 'GET',
    path: '/v1/identities',
    tag: 'Account',
    summary: 'Lists the accounts elsewhere that one can sign in with, and says whether there is a password',
    scope: 'member',
    responses: { 200: z.object({ items: z.array(IdentityShape), nextCursor: z.null(), hasPassword: z.boolean() }) },
    refusals: ['person_required'],
  }),
  connectIdentity: defineOperation({
    method: 'POST',
    path: '/v1/identities',
    tag: 'Account',
    summary: 'Starts connecting an account elsewhere; answers where the browser goes',
    scope: 'member',
    body: z.strictObject({ provider: z.string().min(1).max(50), password: GivenPasswordShape }),
    responses: { 200: AddressShape },
    refusals: ['person_required', 'password_wrong', 'provider_unavailable', 'provider_away', 'rate_limited'],
    ownIdempotency: true,
  }),
  disconnectIdentity: defineOperation({
    method: 'DELETE',
    path: '/v1/identities/{id}',
    tag: 'Account',
    summary: 'Takes an account elsewhere away; the last way in stays',
    scope: 'member',
    params: IdParam,
    responses: { 204: null },
    refusals: ['last_way_in'],
  }),
}

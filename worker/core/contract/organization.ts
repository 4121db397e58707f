import * as z from 'zod'
import { defineOperation } from './operation'
import { Instant } from './page'
import { GivenPasswordShape } from './password-shape'
import { CodeShape } from './second-factor'

/** The calls about the organization itself. */
export const organizationOperations = {
  deleteOrganization: defineOperation({
    method: 'DELETE',
    path: '/v1/organization',
    tag: 'People',
    summary: 'Deletes the organization one is signed in to, with everything it has; nothing brings it back',
    scope: 'owner',
    body: z.strictObject({
      name: z.string().max(200).describe('What the organization is called, to show that this one is meant'),
      password: GivenPasswordShape,
      code: CodeShape.optional().describe('Where one has a second factor'),
    }),
    responses: { 202: z.object({ organizationId: z.string(), status: z.literal('deleted'), deletedAt: Instant }) },
    refusals: ['request_invalid', 'password_wrong', 'second_factor_required', 'second_factor_wrong', 'rate_limited'],
  }),
}

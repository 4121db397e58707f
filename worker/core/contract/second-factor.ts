import * as z from 'zod'
import { defineOperation } from './operation'
import { GivenPasswordShape } from './password-shape'

/** Six digits of an authenticator, or a recovery code. */
export const CodeShape = z.string().trim().min(1).max(64)

const PATH = '/v1/auth/second-factor'

/** The calls about the second factor of one's own account. */
export const secondFactorOperations = {
  getSecondFactor: defineOperation({
    method: 'GET',
    path: PATH,
    tag: 'Account',
    summary: 'Says whether signing in asks for a code, and how many recovery codes are left',
    scope: 'member',
    responses: { 200: z.object({ enabled: z.boolean(), recoveryCodesLeft: z.int() }) },
    refusals: ['person_required'],
  }),
  enrolSecondFactor: defineOperation({
    method: 'POST',
    path: PATH,
    tag: 'Account',
    summary: 'Makes a secret for an authenticator (RFC 6238); it counts once a code of it was confirmed',
    scope: 'member',
    body: z.strictObject({ password: GivenPasswordShape }),
    responses: { 201: z.object({ secret: z.string(), uri: z.string() }) },
    refusals: ['person_required', 'password_wrong', 'second_factor_on', 'rate_limited'],
    ownIdempotency: true,
  }),
  confirmSecondFactor: defineOperation({
    method: 'POST',
    path: `${PATH}/confirm`,
    tag: 'Account',
    summary: 'Makes the second factor count; answers the recovery codes, once',
    scope: 'member',
    body: z.strictObject({ code: CodeShape }),
    responses: { 200: z.object({ recoveryCodes: z.array(z.string()) }) },
    refusals: ['person_required', 'second_factor_on', 'second_factor_wrong', 'rate_limited'],
    ownIdempotency: true,
  }),
  renewRecoveryCodes: defineOperation({
    method: 'POST',
    path: `${PATH}/recovery-codes`,
    tag: 'Account',
    summary: 'Makes new recovery codes, told once; those there were are void',
    scope: 'member',
    body: z.strictObject({ password: GivenPasswordShape, code: CodeShape }),
    responses: { 200: z.object({ recoveryCodes: z.array(z.string()) }) },
    refusals: ['person_required', 'password_wrong', 'second_factor_off', 'second_factor_wrong', 'rate_limited'],
    ownIdempotency: true,
  }),
  removeSecondFactor: defineOperation({
    method: 'POST',
    path: `${PATH}/disable`,
    tag: 'Account',
    summary: 'Turns the second factor off',
    scope: 'member',
    body: z.strictObject({ password: GivenPasswordShape, code: CodeShape }),
    responses: { 204: null },
    refusals: ['person_required', 'password_wrong', 'second_factor_wrong', 'rate_limited'],
    ownIdempotency: true,
  }),
}

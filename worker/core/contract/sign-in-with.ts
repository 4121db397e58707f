import * as z from 'zod'
import { SessionShape } from './identity'
import { nameShape } from './name-shape'
import { defineOperation } from './operation'
import { OwnPathShape } from './own-path-shape'
import { InvitationTokenShape } from './people'
import { CodeShape } from './second-factor'

const ProviderShape = z.object({ id: z.string(), name: z.string() }).meta({ id: 'SignInProvider' })
const ProviderParam = z.strictObject({ provider: z.string().min(1).max(50) })

/** Where the browser goes next. */
export const AddressShape = z.object({ url: z.string() })

/** The calls by which people sign in with an account they have elsewhere. */
export const signInWithOperations = {
  listSignInProviders: defineOperation({
    method: 'GET',
    path: '/v1/auth/providers',
    tag: 'Identity',
    summary: 'Lists whose accounts people can sign in with here; none unless they are set up',
    scope: 'public',
    responses: { 200: z.object({ items: z.array(ProviderShape), nextCursor: z.null() }) },
  }),
  startSignInWith: defineOperation({
    method: 'POST',
    path: '/v1/auth/oauth/{provider}',
    tag: 'Identity',
    summary: 'Starts signing in with a provider; answers where the browser goes, and binds what comes back to it',
    scope: 'public',
    params: ProviderParam,
    body: z.strictObject({ next: OwnPathShape.optional(), invitation: InvitationTokenShape.optional() }),
    bodyOptional: true,
    responses: { 200: AddressShape },
    refusals: ['provider_unavailable', 'provider_away', 'rate_limited'],
  }),
  returnFromProvider: defineOperation({
    method: 'GET',
    path: '/v1/auth/oauth/{provider}/callback',
    tag: 'Identity',
    summary: 'Where a provider sends the browser back; leads to a page of the dashboard, whatever came',
    scope: 'public',
    params: ProviderParam,
    responses: { 303: null },
    refusals: ['provider_unavailable'],
  }),
  finishSignInWith: defineOperation({
    method: 'POST',
    path: '/v1/auth/finish',
    tag: 'Identity',
    summary: 'Ends a sign-in with a provider that asks for a second factor, or for the name of an organization',
    scope: 'public',
    body: z.strictObject({ code: CodeShape.optional(), organizationName: nameShape(200).optional() }),
    responses: { 200: SessionShape },
    refusals: [
      'sign_in_ended',
      'second_factor_required',
      'second_factor_wrong',
      'organization_required',
      'identity_not_connected',
      'invitation_ended',
      'invitation_not_yours',
      'sign_in_refused',
      'rate_limited',
    ],
  }),
}

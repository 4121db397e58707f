import type { ErrorEntry } from './error-entry'
import { EXECUTION_ERRORS } from './execution-errors'

const unreadable = {
  malformed_json: {
    status: 400,
    title: 'The body is not valid JSON.',
    hint: 'Send one JSON value in UTF-8. Where it goes wrong inside, the detail names line and column.',
  },
  duplicate_key: {
    status: 400,
    title: 'An object in the body names the same key twice.',
    hint: 'Write each key once.',
  },
  too_deep: {
    status: 400,
    title: 'The body is nested deeper than 64 levels.',
    hint: 'Flatten it, or send its inner part as text.',
  },
  malformed_header: {
    status: 400,
    title: 'A request header cannot be understood.',
    hint: 'Correct the header that the detail names, or leave it out.',
  },
  body_too_large: {
    status: 413,
    title: 'The body is larger than this call accepts.',
    hint: 'Send less: keep what is large elsewhere, and send where it is.',
  },
  body_incomplete: {
    status: 400,
    title: 'The body broke off before all of it was there.',
    hint: 'Send it again, all of it.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'This call does not understand the media type of the body.',
    hint: 'Send Content-Type: application/json, uncompressed.',
  },
  headers_too_large: {
    status: 431,
    title: 'The request headers are larger than 32 KB.',
    hint: 'Leave out cookies and other headers that nobody here needs.',
  },
} as const satisfies Record<string, ErrorEntry>

const identity = {
  unauthorized: {
    status: 401,
    title: 'This call needs credentials.',
    hint: 'Send Authorization: Bearer mr_… with an API key, or sign in.',
  },
  credentials_invalid: {
    status: 401,
    title: 'The credentials are not valid.',
    hint: 'The key may be mistyped, expired or revoked.',
  },
  sign_in_refused: {
    status: 401,
    title: 'The email address or the password is wrong.',
    hint: 'Correct them, or choose another password with "Forgot password" (POST /v1/auth/forgot).',
  },
  missing_scope: {
    status: 403,
    title: 'The credentials do not allow this call.',
    hint: 'The detail names the scope that is missing; keys are made with POST /v1/keys.',
  },
  csrf_refused: {
    status: 403,
    title: 'The request did not come from the dashboard.',
    hint: 'Send the X-CSRF-Token given at sign-in, from the same origin, or use an API key.',
  },
  organization_mismatch: {
    status: 403,
    title: 'X-Organization-ID names another organization than the credentials belong to.',
    hint: 'Leave the header out: the organization follows from the key.',
  },
  key_expired: { status: 409, title: 'The key has expired.', hint: 'Make a new one with POST /v1/keys.' },
  person_required: {
    status: 403,
    title: 'This call is for people who are signed in.',
    hint: 'An API key cannot make it.',
  },
  password_wrong: {
    status: 403,
    title: 'The current password is wrong.',
    hint: 'Correct it, or choose another one with "Forgot password" (POST /v1/auth/forgot).',
  },
  second_factor_required: {
    status: 401,
    title: 'This account asks for a second factor.',
    hint: 'Send "code" with six digits of the authenticator, or a recovery code.',
  },
  second_factor_wrong: {
    status: 403,
    title: 'This code is wrong, or was used before.',
    hint: 'Each counts once. After ten wrong ones only a recovery code helps, or a new password.',
  },
  second_factor_on: { status: 409, title: 'A second factor is in use already.', hint: 'Turn it off first.' },
  second_factor_off: {
    status: 409,
    title: 'No second factor is in use.',
    hint: 'Turn it on: confirming it tells ten recovery codes.',
  },
  role_too_high: {
    status: 403,
    title: 'Nobody gives or takes a role above their own.',
    hint: 'Ask somebody with that role.',
  },
  owner_required: {
    status: 403,
    title: 'Only an owner of the organization who is signed in may do this.',
    hint: 'Ask one of them. An API key cannot make this call.',
  },
  last_owner: {
    status: 409,
    title: 'An organization keeps at least one owner.',
    hint: 'Make somebody else an owner first.',
  },
  already_member: {
    status: 409,
    title: 'They are a member of this organization already.',
    hint: 'PATCH /v1/members/{id} gives them another role.',
  },
  email_unverified: {
    status: 403,
    title: 'No owner of this organization has confirmed their email address yet.',
    hint: 'Follow the link in the mail that came after signing up, or POST /v1/auth/verify/resend.',
  },
  invitation_ended: {
    status: 410,
    title: 'There is no such invitation any more.',
    hint: 'It was used, withdrawn or too old; ask for another one.',
  },
  invitation_not_yours: {
    status: 403,
    title: 'The invitation was sent to another email address.',
    hint: 'Sign in with the address it was sent to.',
  },
  link_ended: {
    status: 410,
    title: 'This link does not work any more.',
    hint: 'It was used, replaced by a newer one, or too old; ask for another one.',
  },
  mail_unavailable: {
    status: 503,
    title: 'Mail cannot be sent right now.',
    hint: 'Whoever runs this service finds the reason in its log.',
  },
  provider_unavailable: {
    status: 404,
    title: 'Nobody can sign in with this provider here.',
    hint: 'GET /v1/auth/providers lists those that are set up.',
  },
  provider_away: { status: 503, title: 'The provider cannot be reached right now.', hint: 'Try again in a moment.' },
  provider_email_unconfirmed: {
    status: 403,
    title: 'The provider has not confirmed the email address of this account.',
    hint: 'Confirm the address there, as the main one, and try again.',
  },
  sign_in_cancelled: {
    status: 403,
    title: 'The sign-in was cancelled at the provider.',
    hint: 'Start again if that was not meant.',
  },
  sign_in_not_proven: {
    status: 403,
    title: 'What the provider answered does not prove who you are.',
    hint: 'Start again. If it goes on like this, whoever runs this service finds the reason in its log.',
  },
  sign_in_ended: {
    status: 410,
    title: 'This sign-in is not under way any more.',
    hint: 'It was used, took longer than ten minutes, or was started in another browser. Start again.',
  },
  organization_required: {
    status: 422,
    title: 'Whoever is new begins with an organization.',
    hint: 'Send "organizationName", or accept an invitation.',
  },
  identity_not_connected: {
    status: 409,
    title: 'An account with this email address exists already.',
    hint: 'Sign in with its password, and connect the two under Account.',
  },
  identity_taken: {
    status: 409,
    title: 'This account opens another account here already.',
    hint: 'Disconnect it there first.',
  },
  last_way_in: {
    status: 409,
    title: 'Nothing else opens this account.',
    hint: 'Choose a password first, with "Forgot password", or connect another account.',
  },
  email_taken: { status: 409, title: 'An account with this email address exists already.', hint: 'Sign in instead.' },
} as const satisfies Record<string, ErrorEntry>

const requests = {
  not_found: {
    status: 404,
    title: 'There is no such thing here.',
    hint: 'Check the id, and whose credentials these are: what they may not see is not there either.',
  },
  route_unknown: { status: 404, title: 'There is no such call.', hint: 'The calls are listed at /docs.' },
  method_not_allowed: {
    status: 405,
    title: 'This address does not answer that method.',
    hint: 'See the Allow header.',
  },
  request_invalid: { status: 422, title: 'The request does not have the expected shape.', hint: 'See issues.' },
  idempotency_key_invalid: {
    status: 400,
    title: 'The Idempotency-Key cannot be used.',
    hint: 'Send 1 to 255 printable ASCII characters.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'This Idempotency-Key was used before with another request.',
    hint: 'Use a fresh key for a different request.',
  },
  idempotency_in_flight: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still being answered.',
    hint: 'Repeat it after Retry-After seconds.',
  },
  rate_limited: { status: 429, title: 'Too many requests.', hint: 'Wait for Retry-After seconds.' },
  https_required: {
    status: 403,
    title: 'This service is called over https only.',
    hint: 'Write https:// and, when a key or password was sent, replace it: it went over the network in the clear.',
  },
  loop_detected: {
    status: 508,
    title: 'Workflows have called each other too many times in a row.',
    hint: 'Does this workflow call its own webhook, or one that leads back to it? Start it with a workflow stage, or end the chain.',
  },
  not_available_yet: { status: 422, title: 'This is not available yet.', hint: 'The detail names what works instead.' },
  unavailable: {
    status: 503,
    title: 'The service cannot answer right now.',
    hint: 'Repeat the request with the same Idempotency-Key.',
  },
  outcome_unknown: {
    status: 503,
    title: 'It is not known whether the request took effect.',
    hint: 'Repeat it with the same Idempotency-Key: it takes effect once.',
  },
  internal: { status: 500, title: 'Something went wrong on our side.', hint: 'Report the requestId.' },
} as const satisfies Record<string, ErrorEntry>

const documents = {
  name_taken: {
    status: 409,
    title: 'A workflow with this name exists already.',
    hint: 'Choose another name. GET /v1/workflows?name= finds the workflow that has it.',
  },
  project_name_taken: {
    status: 409,
    title: 'A project with this name exists already.',
    hint: 'Choose another name.',
  },
  project_kept: {
    status: 409,
    title: 'The project cannot be changed like this.',
    hint: 'The default project stays, open to everybody, and a project with workflows is not deleted: move them first.',
  },
  revision_conflict: {
    status: 409,
    title: 'The draft was saved by somebody else in between.',
    hint: 'Read the draft again and save on top of currentRevision.',
  },
  tag_taken: {
    status: 409,
    title: 'This version tag names another version already.',
    hint: 'Choose another tag, or use the version that has it.',
  },
  still_deployed: {
    status: 409,
    title: 'The workflow is still deployed.',
    hint: 'Undeploy it first, or delete with ?undeploy=true.',
  },
  definition_invalid: { status: 422, title: 'The workflow document has errors.', hint: 'See issues.' },
  version_unknown: {
    status: 404,
    title: 'The workflow has no such version.',
    hint: 'GET /v1/workflows/{id}/versions lists those it has.',
  },
} as const satisfies Record<string, ErrorEntry>

const releases = {
  deploy_refused: { status: 422, title: 'The workflow cannot be deployed like this.', hint: 'See issues.' },
  not_deployed: { status: 409, title: 'The workflow is not deployed there.', hint: 'POST /v1/workflows/deploy first.' },
  cannot_shrink: {
    status: 409,
    title: 'A deployment keeps the shards it has.',
    hint: 'Ask for as many or more: 1, 4, 16 or 64.',
  },
  undeployed: {
    status: 409,
    title: 'The deployment was undeployed.',
    hint: 'Deploy the workflow again: it keeps its URL.',
  },
  paused: { status: 503, title: 'The deployment is paused.', hint: 'Resume it, or repeat the request later.' },
  no_earlier_version: {
    status: 409,
    title: 'There is no earlier version to roll back to.',
    hint: 'GET /v1/deployments/{id}/history lists what was live; name one of those, or deploy.',
  },
  superseded: {
    status: 409,
    title: 'Another change to this deployment came first.',
    hint: 'Read the deployment and decide again.',
  },
} as const satisfies Record<string, ErrorEntry>

const webhooks = {
  webhook_unknown: {
    status: 404,
    title: 'There is no webhook at this address.',
    hint: 'Check that the address is complete. Whoever runs the workflow sees where it is.',
  },
  webhook_unauthorized: {
    status: 401,
    title: 'The credentials of this call are not accepted.',
    hint: 'Check key, token or signature, and the clock. Whoever runs the workflow sees what is wrong.',
  },
} as const satisfies Record<string, ErrorEntry>

/** Every code an answer can carry, with its status: the only place that knows HTTP statuses of refusals. */
export const ERRORS = {
  ...unreadable,
  ...identity,
  ...requests,
  ...documents,
  ...releases,
  ...EXECUTION_ERRORS,
  ...webhooks,
}

export type ErrorCode = keyof typeof ERRORS

export function errorEntry(code: ErrorCode): ErrorEntry {
  return ERRORS[code]
}

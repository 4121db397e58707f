import * as z from 'zod'
import { HostShape } from './host-shape'
import { defineOperation } from './operation'
import { ActorShape, Instant } from './page'

export const EnvironmentShape = z
  .object({ id: z.string(), name: z.string(), primary: z.boolean(), revision: z.int(), createdAt: Instant })
  .meta({ id: 'Environment' })

const applied = z.object({ done: z.int(), pending: z.int() })

const VariablesShape = z.object({
  environment: z.string(),
  version: z.int(),
  variables: z.record(
    z.string(),
    z.object({ value: z.string().nullable(), secret: z.boolean(), fingerprint: z.string(), updatedAt: Instant }),
  ),
})

const SecretShape = z
  .object({
    name: z.string(),
    version: z.int(),
    fingerprint: z.string(),
    allowedHosts: z.array(z.string()),
    updatedAt: Instant,
    updatedBy: ActorShape,
  })
  .meta({ id: 'Secret' })

const SecretsShape = z.object({ items: z.array(SecretShape), nextCursor: z.string().nullable() })

const Name = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, 'a name holds letters, digits and _, and starts with a letter')
  .refine((name) => name !== 'constructor' && name !== 'prototype', 'no expression can read this name')
const Value = z.string().max(65_536)
const SECRET_CHARS_MIN = 8
const Secret = Value.refine((value) => value.length >= SECRET_CHARS_MIN, {
  message: 'a secret has at least 8 characters, or masking it would mask ordinary words; null deletes it',
  params: { code: 'too_short', hint: 'Take a longer one. Shorter values may be variables with "secret": true.' },
}).meta({ minLength: SECRET_CHARS_MIN })
const KeptSecret = z
  .boolean()
  .optional()
  .describe('Sealed, masked and never shown. Absent, as with a plain value: what it was; of a new name, false.')
const NameParam = z.object({ name: z.string() })
const Hosts = z.array(HostShape).max(50)

const KeptHosts = Hosts.optional().describe(
  'The only hosts it may be sent to; [] is any. Absent, as with a plain value: those it had; of a new name, any.',
)

/** As many as one statement after the other may change in one request. */
const NAMES_MAX = 200
const isChangeable = (values: object) => Object.keys(values).length <= NAMES_MAX
const TOO_MANY = `one call changes at most ${NAMES_MAX} names`

const Scalar = z.union([Value, z.number(), z.boolean()])

/** The calls about environments and what they hold. */
export const environmentOperations = {
  listEnvironments: defineOperation({
    method: 'GET',
    path: '/v1/environments',
    tag: 'Environments',
    summary: 'Lists the environments in order of promotion',
    scope: 'workflows:read',
    responses: { 200: z.object({ items: z.array(EnvironmentShape), nextCursor: z.string().nullable() }) },
  }),
  getVariables: defineOperation({
    method: 'GET',
    path: '/v1/environments/{name}/variables',
    tag: 'Environments',
    summary: 'Reads the variables of an environment',
    scope: 'variables:read',
    params: NameParam,
    responses: { 200: VariablesShape },
  }),
  putVariables: defineOperation({
    method: 'PUT',
    path: '/v1/environments/{name}/variables',
    tag: 'Environments',
    summary: 'Sets the named variables; null deletes one, others stay',
    scope: 'variables:write',
    params: NameParam,
    body: z.strictObject({
      variables: z
        .record(Name, z.union([Scalar, z.null(), z.strictObject({ value: Scalar, secret: KeptSecret })]))
        .refine(isChangeable, TOO_MANY),
    }),
    responses: { 200: VariablesShape.extend({ applied }) },
  }),
  getSecrets: defineOperation({
    method: 'GET',
    path: '/v1/environments/{name}/secrets',
    tag: 'Environments',
    summary: 'Lists the secrets of an environment, never their values',
    scope: 'variables:read',
    params: NameParam,
    responses: { 200: SecretsShape },
  }),
  putSecrets: defineOperation({
    method: 'PUT',
    path: '/v1/environments/{name}/secrets',
    tag: 'Environments',
    summary: 'Sets the named secrets; null deletes one, others stay',
    scope: 'secrets:write',
    params: NameParam,
    body: z.strictObject({
      secrets: z
        .record(Name, z.union([Secret, z.null(), z.strictObject({ value: Secret, allowedHosts: KeptHosts })]))
        .refine(isChangeable, TOO_MANY),
    }),
    responses: { 200: SecretsShape.extend({ applied }) },
  }),
}

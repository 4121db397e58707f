import * as z from 'zod'
import { bearerToken } from './bearer-token'
import { defineScheme } from './define-scheme'

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const

const HttpsUrl = z
  .string()
  .max(1_000)
  .regex(
    /^https:\/\/[^\s/?#@{}]+(?:\/[^\s?#{}]*)?(?:\?[^\s#{}]*)?$/,
    'An address here starts with https:// and has no fragment.',
  )
const Audience = z.string().min(1).max(500)

export const oauth = defineScheme({
  type: 'oauth',
  title: 'OAuth token',
  description: 'The Authorization header holds a JSON web token signed by an issuer.',
  config: {
    issuer: HttpsUrl.meta({ description: 'Exactly as the tokens name it.' }),
    audience: z
      .union([Audience, z.array(Audience).min(1).max(20)])
      .meta({ description: 'Whom the tokens are meant for; one of several suffices.' }),
    jwksUri: HttpsUrl.optional().meta({
      description: 'Where the issuer publishes its keys. Absent: as its /.well-known/openid-configuration says.',
    }),
    algorithms: z
      .array(z.enum(ALGORITHMS))
      .min(1)
      .default(['RS256'])
      .meta({ description: 'Signatures that are accepted; only those made with a private key can be.' }),
    claims: z
      .record(z.string().min(1).max(100), z.union([z.string().max(1_000), z.number(), z.boolean()]))
      .default({})
      .meta({ description: 'Claims a token must have, with exactly these values.' }),
    clockToleranceSeconds: z.int().min(0).max(300).default(60),
  },
  secrets: [],
  claim({ issuer, audience, jwksUri = null, algorithms, claims, clockToleranceSeconds }, call) {
    const token = bearerToken(call)
    if (token === null) return null
    const rules = {
      issuers: [issuer],
      audiences: typeof audience === 'string' ? [audience] : audience,
      singleAudience: false,
      keySetUrl: jwksUri,
      algorithms,
      claims,
      clockToleranceMs: clockToleranceSeconds * 1_000,
    }
    return { kind: 'token', token, rules }
  },
})

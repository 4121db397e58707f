import * as z from 'zod'
import { encodeBase64 } from '../expression/base64'
import type { OAuthClient } from './context'
import type { Templating } from './define-component'
import { textField } from './text-field'

/** How a request proves who sends it. */
export type RequestAuth =
  | { type: 'none' }
  | { type: 'bearer'; token: string }
  | { type: 'basic'; username: string; password: string }
  | { type: 'api_key'; header: string; key: string }
  | { type: 'header'; name: string; value: string }
  | OAuthConfig

type OAuthConfig = {
  type: 'oauth2_client_credentials'
  token_url: string
  client_id: string
  client_secret: string
  scope?: string | undefined
  audience?: string | undefined
  credentials_in: 'header' | 'body'
}

const HEADER_NAME = /^[A-Za-z0-9-]+$/
const secret = (title: string) => textField({ title, description: 'Name a secret: {{ secrets.NAME }}.', lengthMin: 1 })
const text = (title: string, description: string) => textField({ title, description, lengthMin: 1 })

function oauthSchema(t: Templating) {
  return z.strictObject({
    type: z.literal('oauth2_client_credentials'),
    token_url: text('Token URL', 'Where access tokens are issued.'),
    client_id: text('Client id', 'May hold {{ expressions }}.'),
    client_secret: secret('Client secret'),
    scope: text('Scope', 'What the token is for; several are separated by spaces.').optional(),
    audience: text('Audience', 'Whom the token is for, where the issuer asks for it.').optional(),
    credentials_in: t(
      z.enum(['header', 'body']).meta({
        title: 'Credentials in',
        description: 'How the client shows itself to the issuer: a Basic header, or fields of the form.',
      }),
    ).default('header'),
  })
}

/** The `auth` field of requests: a shorthand for the header it becomes. */
export function authField(t: Templating) {
  return z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('none') }),
      z.strictObject({ type: z.literal('bearer'), token: secret('Token') }),
      z.strictObject({
        type: z.literal('basic'),
        username: textField({ title: 'User name', description: 'May hold {{ expressions }}.' }),
        password: secret('Password'),
      }),
      z.strictObject({
        type: z.literal('api_key'),
        header: z
          .string()
          .regex(HEADER_NAME)
          .default('X-API-Key')
          .meta({ title: 'Header', description: 'Header that carries the key.' }),
        key: secret('Key'),
      }),
      z.strictObject({
        type: z.literal('header'),
        name: z.string().regex(HEADER_NAME).meta({ title: 'Name', description: 'Header that carries the credential.' }),
        value: secret('Value'),
      }),
      oauthSchema(t),
    ])
    .optional()
    .meta({ title: 'Authentication', description: 'How the request proves who sends it.' })
}

/** The header that carries a credential, as name and value; null when none is known yet. */
export function authHeader(auth: RequestAuth): readonly [name: string, value: string] | null {
  switch (auth.type) {
    case 'bearer':
      return ['Authorization', `Bearer ${auth.token}`]
    case 'basic':
      return ['Authorization', `Basic ${encodeBase64(new TextEncoder().encode(`${auth.username}:${auth.password}`))}`]
    case 'api_key':
      return [auth.header, auth.key]
    case 'header':
      return [auth.name, auth.value]
    case 'none':
    case 'oauth2_client_credentials':
      return null
  }
}

/** Who asks for the access token of a request, if its credential is one. */
export function oauthClient(auth: RequestAuth | undefined): OAuthClient | null {
  if (auth?.type !== 'oauth2_client_credentials') return null
  const { token_url: tokenUrl, client_id: clientId, client_secret: clientSecret, scope, audience } = auth
  return {
    tokenUrl,
    clientId,
    clientSecret,
    ...(scope !== undefined && { scope }),
    ...(audience !== undefined && { audience }),
    sentIn: auth.credentials_in,
  }
}

import * as z from 'zod'
import { encodeBase64 } from '../expression/base64'
import { textField } from './text-field'

/** How a request proves who sends it. */
export type RequestAuth =
  | { type: 'bearer'; token: string }
  | { type: 'basic'; username: string; password: string }
  | { type: 'api_key'; header: string; key: string }

const secret = (title: string) => textField({ title, description: 'Name a secret: {{ secrets.NAME }}.', lengthMin: 1 })

/** The `auth` field of requests: a shorthand for the header it becomes. */
export function authField() {
  return z
    .discriminatedUnion('type', [
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
          .regex(/^[A-Za-z0-9-]+$/)
          .default('X-API-Key')
          .meta({ title: 'Header', description: 'Header that carries the key.' }),
        key: secret('Key'),
      }),
    ])
    .optional()
    .meta({ title: 'Authentication', description: 'How the request proves who sends it.' })
}

/** The header that carries a credential, as name and value. */
export function authHeader(auth: RequestAuth): readonly [name: string, value: string] {
  switch (auth.type) {
    case 'bearer':
      return ['Authorization', `Bearer ${auth.token}`]
    case 'basic':
      return ['Authorization', `Basic ${encodeBase64(new TextEncoder().encode(`${auth.username}:${auth.password}`))}`]
    case 'api_key':
      return [auth.header, auth.key]
  }
}

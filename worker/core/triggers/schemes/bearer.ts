import { bearerToken } from './bearer-token'
import { defineScheme } from './define-scheme'
import { Credential, PreviousCredential } from './fields'

export const bearer = defineScheme({
  type: 'bearer',
  title: 'Bearer token',
  description: 'The Authorization header holds the token (S92).',
  config: { token: Credential, previousToken: PreviousCredential },
  secrets: ['token', 'previousToken'],
  claim(_spec, call) {
    const given = bearerToken(call)
    return given === null ? null : { kind: 'text', given }
  },
})

import * as z from 'zod'
import { defineScheme } from './define-scheme'
import { bodyDedupe, HeaderName, sharedSecret } from './fields'
import { afterPrefix, fromBase64, fromHex } from './signature-text'

const BYTES = { sha256: 32, sha512: 64 } as const

export const hmac = defineScheme({
  type: 'hmac',
  title: 'HMAC signature',
  description: 'A header holds a keyed hash of the raw body (S91).',
  config: {
    algorithm: z.enum(['sha256', 'sha512']).default('sha256'),
    header: HeaderName.default('X-Signature'),
    ...sharedSecret,
    encoding: z.enum(['hex', 'base64', 'any']).default('any').meta({ description: 'any: both are accepted.' }),
    prefix: z.string().max(20).optional().meta({
      description: 'Taken off the signature when it is there. Absent: sha256= or sha512=, as the algorithm.',
    }),
    ...bodyDedupe,
  },
  secrets: ['secret', 'previousSecret'],
  claim({ algorithm, header, encoding, prefix = `${algorithm}=` }, call) {
    const value = call.header(header) ?? ''
    const text = afterPrefix(value, prefix) ?? value
    const bytes = BYTES[algorithm]
    const signature =
      (encoding === 'base64' ? null : fromHex(text, bytes)) ?? (encoding === 'hex' ? null : fromBase64(text, bytes))
    if (signature === null) return null
    return { kind: 'mac', algorithm, message: [call.body], signatures: [signature], sent: null }
  },
})

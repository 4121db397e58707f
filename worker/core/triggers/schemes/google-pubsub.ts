import * as z from 'zod'
import { isJsonObject } from '../../kernel/json'
import { bearerToken } from './bearer-token'
import { defineScheme } from './define-scheme'
import { textField } from './text-field'

const ISSUERS = ['https://accounts.google.com', 'accounts.google.com']
const KEY_SET_URL = 'https://www.googleapis.com/oauth2/v3/certs'
const CLOCK_TOLERANCE_MS = 60_000

export const googlePubsub = defineScheme({
  type: 'google_pubsub',
  title: 'Google Pub/Sub',
  description: 'Pushed by Google Pub/Sub with a token of its service account; also the events of Cloud Storage.',
  config: {
    serviceAccount: z.email().max(320).meta({ description: 'Whom the subscription signs its tokens as.' }),
    audience: z.string().min(1).max(1_000).optional().meta({ description: 'Absent: the address of this webhook.' }),
  },
  secrets: [],
  methods: ['POST'],
  claim({ serviceAccount, audience }, call) {
    const token = bearerToken(call)
    if (token === null) return null
    const rules = {
      issuers: ISSUERS,
      audiences: [audience ?? call.url],
      singleAudience: true,
      keySetUrl: KEY_SET_URL,
      algorithms: ['RS256'],
      claims: { email: serviceAccount, email_verified: true },
      clockToleranceMs: CLOCK_TOLERANCE_MS,
    }
    return { kind: 'token', token, rules }
  },
  deliveryId: (input) => (isJsonObject(input) ? textField(input['message'] ?? null, 'messageId') : null),
})

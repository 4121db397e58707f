import { defineScheme } from './define-scheme'
import { Credential, HeaderName, PreviousCredential } from './fields'

export const apiKey = defineScheme({
  type: 'api_key',
  title: 'API key',
  description: 'A header holds the key (S90).',
  config: { header: HeaderName.default('X-API-Key'), key: Credential, previousKey: PreviousCredential },
  secrets: ['key', 'previousKey'],
  claim({ header }, call) {
    const given = call.header(header)
    return given === null ? null : { kind: 'text', given }
  },
})

import { parseStrictJson } from '../../kernel/strict-json'
import { defineScheme } from './define-scheme'
import { bodyDedupe, Credential, PreviousCredential } from './fields'
import { textField } from './text-field'

export const zohoCrm = defineScheme({
  type: 'zoho_crm',
  title: 'Zoho CRM',
  description:
    'Notifications of Zoho CRM repeat, in their body, the token their channel was made with. Nothing is signed.',
  config: { token: Credential, previousToken: PreviousCredential, ...bodyDedupe },
  secrets: ['token', 'previousToken'],
  methods: ['POST'],
  claim(_spec, call) {
    const given = tokenIn(call.body)
    return given === null ? null : { kind: 'text', given }
  },
  hides: ['token'],
})

function tokenIn(body: Uint8Array): string | null {
  const parsed = parseStrictJson(new TextDecoder().decode(body))
  return parsed.ok ? textField(parsed.value, 'token') : null
}

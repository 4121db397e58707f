import { compileTemplate } from '../expression/compile-template'
import { isJsonObject } from '../kernel/json'
import { appendPointer } from '../kernel/pointer'
import type { Issue } from '../model/issue'
import { errorAt } from './issue-at'

/** Keys whose value is a credential whatever it looks like; compared without case, - and _. */
const SECRET_KEYS = new Set(
  (
    'password passwd pwd passphrase secret clientsecret apikey xapikey accesstoken authtoken xauthtoken refreshtoken ' +
    'privatekey secretkey secretaccesskey authorization proxyauthorization cookie'
  ).split(' '),
)
/** Forms that issuers give their credentials. */
const SECRET_FORMS =
  /\b(?:sk|rk|pk)_live_[A-Za-z0-9]{8,}|\bsk-[A-Za-z0-9_-]{20,}|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bxox[abprs]-[\w-]{10,}|\bAKIA[0-9A-Z]{12,}|\bAIza[\w-]{30,}|\bmr_[A-Za-z0-9]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+|hooks\.slack\.com\/services\/T\w+\/B\w+\/\w+|^[a-z][a-z0-9+.-]*:\/\/[^/\s:@{}]+:[^/\s@{}]+@/
const SCHEMES = /^(?:Bearer|Basic|Token|ApiKey|Digest)\s+/i

/** Whether a text stands for itself: no expression in it reads anything. */
function isLiteral(text: string): boolean {
  const template = compileTemplate(text)
  return template.ok && template.value.references.length === 0
}

/** `auth` of requests says what it is by its type: bearer has a token, api_key a key, header a value. */
function credentialKey(type: unknown): string | null {
  return type === 'bearer' ? 'token' : type === 'api_key' ? 'key' : type === 'header' ? 'value' : null
}

function isSecretKey(key: string): boolean {
  return SECRET_KEYS.has(key.toLowerCase().replaceAll(/[-_]/g, ''))
}

/** JSON Pointers, inside a value, of strings that look like credentials written out. `always`: places known to hold one. */
export function findCredentials(value: unknown, always: ReadonlySet<string> = new Set()): string[] {
  const found: string[] = []
  const visit = (inner: unknown, path: string, secret: boolean): void => {
    if (typeof inner === 'string') {
      const bare = inner.replace(SCHEMES, '').trim()
      if (SECRET_FORMS.test(inner) || ((secret || always.has(path)) && bare !== '' && isLiteral(inner)))
        found.push(path)
    } else if (Array.isArray(inner)) {
      inner.forEach((item, i) => visit(item, appendPointer(path, i), secret))
    } else if (isJsonObject(inner)) {
      const credential = credentialKey(inner['type'])
      for (const key of Object.keys(inner))
        visit(inner[key], appendPointer(path, key), isSecretKey(key) || key === credential)
    }
  }
  visit(value, '', false)
  return found
}

/** Credentials written as literals: a warning while drafting, an error at deploy. */
export function checkCredentials(
  value: unknown,
  path: string,
  severity: Issue['severity'],
  always?: ReadonlySet<string>,
): readonly Issue[] {
  return findCredentials(value, always).map((place) => ({
    ...errorAt(
      'credential_literal',
      path + place,
      'A credential is written into the document',
      'Store it as a secret and write {{ secrets.NAME }}.',
    ),
    severity,
  }))
}

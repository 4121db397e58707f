import { canonicalJson } from '../../kernel/canonical-json'
import { parseStrictJson } from '../../kernel/strict-json'
import type { Json } from '../../kernel/json'
import { decodeBase64, encodeBase64 } from '../base64'
import { hmacSha256, sha256, toHex } from '../sha256'
import type { Arguments } from './arguments'
import type { FunctionDefinition } from './define-function'

const utf8 = (text: string) => new TextEncoder().encode(text)

function decode(args: Arguments): string {
  const bytes = decodeBase64(args.text(0))
  if (bytes === null) return args.stop('the text is not base64')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return args.stop('the bytes are not UTF-8 text')
  }
}

function urlEncode(args: Arguments): string {
  try {
    return encodeURIComponent(args.text(0))
  } catch {
    return args.stop('the text holds half a character (a lone surrogate)')
  }
}

function urlDecode(args: Arguments): string {
  try {
    return decodeURIComponent(args.text(0))
  } catch {
    return args.stop('the text is not percent-encoded UTF-8')
  }
}

function fromJson(args: Arguments): Json {
  const parsed = parseStrictJson(args.text(0))
  return parsed.ok ? parsed.value : args.stop(parsed.error.message)
}

function toJson(args: Arguments): string {
  const text = canonicalJson(args.value(0))
  args.building(text.length)
  return text
}

export const encodingFunctions: readonly FunctionDefinition[] = [
  {
    name: 'to_json',
    group: 'json',
    signature: 'to_json(value)',
    summary: 'JSON text with sorted keys and no white space: equal values give equal text.',
    argsMin: 1,
    argsMax: 1,
    secretUse: 'escaped',
    call: toJson,
  },
  {
    name: 'from_json',
    group: 'json',
    signature: 'from_json(text)',
    summary: 'The value that JSON text writes; duplicate keys and more than 64 levels are refused.',
    argsMin: 1,
    argsMax: 1,
    call: fromJson,
  },
  {
    name: 'base64_encode',
    group: 'encoding',
    signature: 'base64_encode(text)',
    summary: 'The UTF-8 bytes of a text in base64.',
    argsMin: 1,
    argsMax: 1,
    secretUse: 'encoded',
    call: (args) => encodeBase64(utf8(args.text(0))),
  },
  {
    name: 'base64_decode',
    group: 'encoding',
    signature: 'base64_decode(text)',
    summary: 'The UTF-8 text that base64 or base64url holds.',
    argsMin: 1,
    argsMax: 1,
    call: decode,
  },
  {
    name: 'url_encode',
    group: 'encoding',
    signature: 'url_encode(text)',
    summary: 'Percent-encoded, fit for one part of a URL.',
    argsMin: 1,
    argsMax: 1,
    secretUse: 'escaped',
    call: urlEncode,
  },
  {
    name: 'url_decode',
    group: 'encoding',
    signature: 'url_decode(text)',
    summary: 'The text that was percent-encoded.',
    argsMin: 1,
    argsMax: 1,
    call: urlDecode,
  },
  {
    name: 'sha256',
    group: 'hash',
    signature: 'sha256(text)',
    summary: 'The SHA-256 digest of the UTF-8 bytes, in hexadecimal.',
    argsMin: 1,
    argsMax: 1,
    secretUse: 'hidden',
    call: (args) => toHex(sha256(utf8(args.text(0)))),
  },
  {
    name: 'hmac_sha256',
    group: 'hash',
    signature: 'hmac_sha256(key, text)',
    summary: 'The HMAC-SHA-256 of the text under a key, in hexadecimal.',
    argsMin: 2,
    argsMax: 2,
    secretUse: 'hidden',
    call: (args) => toHex(hmacSha256(utf8(args.text(0)), utf8(args.text(1)))),
  },
]

import * as z from 'zod'
import type { Json } from '../../kernel/json'
import type { Claim } from './claim'
import type { SignedCall } from './define-scheme'
import * as register from './index'

type Register = typeof register
type AnyScheme = Register[keyof Register]
type AnyDocument = AnyScheme['document']
type AnyStored = AnyScheme['stored']

const definitions: readonly AnyScheme[] = Object.values(register)

/** How a caller proves who it is, as a document writes it. */
export const Authentication = z.discriminatedUnion(
  'type',
  definitions.map((definition) => definition.document) as [AnyDocument, ...AnyDocument[]],
)
export type Authentication = z.output<typeof Authentication>

/** The same with every secret filled in. Unknown fields are what a newer build wrote. */
export const StoredAuthentication = z.discriminatedUnion(
  'type',
  definitions.map((definition) => definition.stored) as [AnyStored, ...AnyStored[]],
)
export type StoredAuthentication = z.output<typeof StoredAuthentication>

/** A scheme with its own types forgotten: it is only ever handed what its own schema has read. */
export type Scheme = {
  readonly type: string
  readonly title: string
  readonly secrets: readonly string[]
  readonly methods?: readonly string[]
  readonly keyOf?: (secret: string) => Uint8Array | null
  claim(spec: StoredAuthentication, call: SignedCall): Claim | null
  deliveryId?(input: Json, call: SignedCall): string | null
  readonly unsignedId?: string
  handshake?(input: Json): string | null
  readonly hides?: readonly string[]
}

const byType = new Map<string, Scheme>(definitions.map((definition) => [definition.type, definition as Scheme]))

export function schemeOf(type: StoredAuthentication['type']): Scheme {
  return byType.get(type) as Scheme
}

export function schemeTypes(): readonly StoredAuthentication['type'][] {
  return definitions.map((definition) => definition.type)
}

/** JSON Pointers, inside an authentication, of what must not be written literally. */
export function secretPointers(): readonly string[] {
  return [...new Set(definitions.flatMap(({ secrets }) => secrets.map((name) => `/${name}`)))]
}

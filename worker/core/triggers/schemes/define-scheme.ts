import * as z from 'zod'
import type { Json } from '../../kernel/json'
import type { Claim } from './claim'

/** A call as its sender signed it. Repeated header lines are joined by ", ", so that no scheme reads one of two. */
export type SignedCall = {
  readonly method: string
  /** The address the sender was given, with this call's query: from our own settings, never from a header of the call. */
  readonly url: string
  readonly header: (name: string) => string | null
  /** The bytes as they came over the wire. */
  readonly body: Uint8Array
}

export type SchemeParts<Type extends string, Shape extends z.ZodRawShape> = {
  readonly type: Type
  readonly title: string
  readonly description: string
  /** Everything a document writes beside `type`. */
  readonly config: Shape
  /** The fields that hold a shared secret: the one in force first, then the one it replaces. Empty when there is none. */
  readonly secrets: readonly (keyof Shape & string)[]
  /** What its sender calls with; all else starts nothing. Absent: whatever the trigger allows. */
  readonly methods?: readonly string[]
  /** The key inside a secret's text, or null when it holds none. Absent: its UTF-8 bytes, verbatim. */
  readonly keyOf?: (secret: string) => Uint8Array | null
  /** What the call claims and how that is proven; null when it is malformed. Reads what it must, and never throws. */
  claim(spec: z.output<z.ZodObject<Shape>>, call: SignedCall): Claim | null
  /** The id of a delivery, from what the proof covers: repeats of it start nothing. Called after the proof. */
  deliveryId?(input: Json, call: SignedCall): string | null
  /** Lower-case name of a header with an id the proof does not cover; used where the document asks for it. */
  readonly unsignedId?: string
  /** The answer to a question that only confirms the address, or null for a real call. Called after the proof. */
  handshake?(input: Json): string | null
  /** Fields of the body that repeat the secret; they are not kept. */
  readonly hides?: readonly string[]
}

/** Gives a scheme's file its types, its strict document schema and the form it is stored in once secrets are filled in. */
export function defineScheme<const Type extends string, Shape extends z.ZodRawShape>(parts: SchemeParts<Type, Shape>) {
  const shape = { type: z.literal(parts.type), ...parts.config }
  return { ...parts, document: z.strictObject(shape), stored: z.object(shape) }
}

import { createHash, createHmac } from 'node:crypto'
import { NOW } from './now'

export type Fields = [name: string, value: string][]

/** What a sender is asked to send; `time` is the text it signs, right or wrong. */
export type Wish = {
  readonly secret: string
  readonly time: string
  readonly id: string
  readonly body: Uint8Array
  readonly url: string
  readonly method: string
}

export type Part = 'body' | 'time' | 'id' | 'method' | 'uri'

/** A provider as its own documentation tells how it signs; written with Node's crypto, not with ours. */
export type Sender = {
  readonly name: string
  /** `authentication` of a document, without its secrets. */
  readonly written: Readonly<Record<string, unknown>>
  /** Fields of its secrets: the one in force, and the one it replaces. */
  readonly fields: readonly [current: string, previous: string] | null
  readonly secrets: readonly [current: string, other: string]
  /** Where the credential is; null = in the body. */
  readonly header: string | null
  readonly covers: readonly Part[]
  readonly unit: 's' | 'ms' | 'iso' | null
  readonly encoding: 'hex' | 'base64' | 'text' | 'token'
  /** The name of a delivery is inside what is signed. */
  readonly namesDelivery: boolean
  /** The header that names it otherwise. */
  readonly unsignedId: string | null
  /** The credential as it would be written by a sender that confuses its forms (W-03). */
  readonly misspelt: (value: string) => readonly string[]
  readonly body: (wish: Pick<Wish, 'secret' | 'id'>) => string
  readonly headers: (wish: Wish) => Fields | Promise<Fields>
}

const CURRENT = ' current secret of thirty letters ß '
const OTHER = 'another secret of thirty letters'

export function sender(parts: Partial<Sender> & Pick<Sender, 'name' | 'written' | 'header' | 'headers'>): Sender {
  return {
    fields: ['secret', 'previousSecret'],
    secrets: [CURRENT, OTHER],
    covers: ['body'],
    unit: null,
    encoding: 'hex',
    namesDelivery: false,
    unsignedId: null,
    misspelt: (value) => [`sha256=${value}`, `sha1=${value}`],
    body: ({ id }) => JSON.stringify({ id, note: 'ü' }),
    ...parts,
  }
}

type Bytes = string | Uint8Array

export function mac(
  secret: Bytes,
  message: readonly Bytes[],
  encoding: 'hex' | 'base64' = 'hex',
  algorithm = 'sha256',
) {
  const hash = createHmac(algorithm, secret)
  for (const part of message) hash.update(part)
  return hash.digest(encoding)
}

export function plainHash(message: readonly Bytes[]) {
  const hash = createHash('sha256')
  for (const part of message) hash.update(part)
  return hash.digest('hex')
}

/** An instant as a sender of this unit writes it. */
export function written(unit: Sender['unit'], at: number): string {
  if (unit === 'iso') return new Date(at).toISOString().replace('.000', '')
  return String(unit === 'ms' ? at : Math.floor(at / 1_000))
}

export const now = (unit: Sender['unit']) => written(unit, NOW)

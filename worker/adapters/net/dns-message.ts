import { type AddressType, type DnsAnswer, type DnsRecord, RECORD_TYPES } from './dns-record'

const HEADER_BYTES = 12
const LABEL_BYTES_MAX = 63
const RECORDS_MAX = 200
/** More jumps than labels a name can have mean a message that goes in circles. */
const JUMPS_MAX = 128

/** A question in wire format (RFC 1035): recursion desired, id 0 as RFC 8484 wants it. Throws RangeError on no name. */
export function encodeQuestion(name: string, type: AddressType): Uint8Array {
  const bytes = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
  for (const label of name.split('.')) {
    if (label === '' || label.length > LABEL_BYTES_MAX) throw new RangeError('A label has 1 to 63 bytes.')
    bytes.push(label.length, ...new TextEncoder().encode(label))
  }
  return new Uint8Array([...bytes, 0, 0, RECORD_TYPES[type], 0, 1])
}

/** Reads an answer in wire format. Throws RangeError when it is cut off or makes no sense. */
export function decodeAnswer(bytes: Uint8Array): DnsAnswer {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if ((view.getUint16(2) & 0x8000) === 0) throw new RangeError('This is no answer.')
  // A truncated answer may keep back the one address that matters.
  if ((view.getUint16(2) & 0x0200) !== 0) throw new RangeError('The answer is truncated.')
  let at = HEADER_BYTES
  for (let left = view.getUint16(4); left > 0; left--) at = readName(view, at).end + 4
  const count = view.getUint16(6)
  if (count > RECORDS_MAX) throw new RangeError('The answer has too many records.')
  const records: DnsRecord[] = []
  for (let left = count; left > 0; left--) {
    const start = readName(view, at).end
    const type = view.getUint16(start)
    const length = view.getUint16(start + 8)
    const data = dataOf(view, { type, at: start + 10, length })
    if (data !== null) records.push({ type, ttlSeconds: view.getUint32(start + 4), data })
    at = start + 10 + length
  }
  return { code: view.getUint16(2) & 0x000f, records }
}

function dataOf(view: DataView, { type, at, length }: { type: number; at: number; length: number }): string | null {
  if (type === RECORD_TYPES.CNAME) return readName(view, at).name
  if (type === RECORD_TYPES.A) return groups(view, at, requireLength(length, 4), 1).join('.')
  if (type !== RECORD_TYPES.AAAA) return null
  return groups(view, at, requireLength(length, 16), 2)
    .map((group) => group.toString(16))
    .join(':')
}

function requireLength(length: number, expected: number): number {
  if (length !== expected) throw new RangeError('An address has the wrong length.')
  return length
}

function groups(view: DataView, at: number, length: number, size: 1 | 2): number[] {
  return Array.from({ length: length / size }, (_, index) =>
    size === 1 ? view.getUint8(at + index) : view.getUint16(at + 2 * index),
  )
}

/** A name that may continue elsewhere in the message (RFC 1035, 4.1.4). `end`: where what follows it begins. */
function readName(view: DataView, start: number): { name: string; end: number } {
  const labels: string[] = []
  let at = start
  let end = -1
  for (let jumps = 0; jumps < JUMPS_MAX; jumps++) {
    const length = view.getUint8(at)
    if (length >= 0xc0) {
      if (end < 0) end = at + 2
      at = view.getUint16(at) & 0x3fff
      continue
    }
    if (length > LABEL_BYTES_MAX) throw new RangeError('A label is too long.')
    if (length === 0) return { name: labels.join('.').toLowerCase(), end: end < 0 ? at + 1 : end }
    labels.push(new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + 1, length)))
    at += length + 1
  }
  throw new RangeError('A name does not end.')
}

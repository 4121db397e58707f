import { isIPv4 } from 'node:net'
import { TYPES } from './zone.mjs'

const number = (value, bytes) => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}

const nameBytes = (name) =>
  Buffer.concat([
    ...name.split('.').flatMap((label) => [number(label.length, 1), Buffer.from(label)]),
    Buffer.from([0]),
  ])

/** The first question of a message: its name and the number of its type. */
export function readQuestion(message) {
  const labels = []
  let at = 12
  for (let length = message[at]; length > 0; length = message[at]) {
    labels.push(message.subarray(at + 1, at + 1 + length).toString())
    at += length + 1
  }
  return { name: labels.join('.'), type: message.readUInt16BE(at + 1) }
}

/** A whole answer. Records of the asked name point back to the question instead of repeating it, as servers do. */
export function writeAnswer({ name, type }, { code, records, truncated }) {
  const flags = 0x8180 | (truncated ? 0x0200 : 0) | code
  const header = [0, flags, 1, records.length, 0, 0].map((value) => number(value, 2))
  const question = [nameBytes(name), number(type, 2), number(1, 2)]
  const answers = records.flatMap((record) => {
    const owner = record.name === name ? Buffer.from([0xc0, 12]) : nameBytes(record.name)
    const data = dataBytes(record)
    return [owner, number(record.type, 2), number(1, 2), number(record.ttl, 4), number(data.length, 2), data]
  })
  return Buffer.concat([...header, ...question, ...answers])
}

function dataBytes({ type, data }) {
  if (type === TYPES.CNAME) return nameBytes(data)
  if (isIPv4(data)) return Buffer.from(data.split('.').map(Number))
  const [head, tail] = new URL(`http://[${data}]`).hostname.slice(1, -1).split('::')
  const groups = (text) => (text === undefined || text === '' ? [] : text.split(':'))
  const zeros = Array(8 - groups(head).length - groups(tail).length).fill('0')
  const all = tail === undefined ? groups(head) : [...groups(head), ...zeros, ...groups(tail)]
  return Buffer.concat(all.map((group) => number(parseInt(group, 16), 2)))
}

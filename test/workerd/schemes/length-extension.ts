import { Buffer } from 'node:buffer'

const rotate = (word: number, by: number) => (word >>> by) | (word << (32 - by))
const fraction = (root: number) => Math.floor((root - Math.floor(root)) * 2 ** 32) >>> 0

const PRIMES = Array.from({ length: 312 }, (_, n) => n).filter(
  (n) => n > 1 && Array.from({ length: n }, (_, d) => d).every((d) => d < 2 || n % d !== 0),
)
const ROUNDS = PRIMES.slice(0, 64).map((prime) => fraction(Math.cbrt(prime)))

/** One block of SHA-256, from any state. */
function compress(state: readonly number[], block: Uint8Array): number[] {
  const words = Array.from({ length: 16 }, (_, n) => Buffer.from(block).readUInt32BE(n * 4))
  for (let n = 16; n < 64; n++) {
    const [a, b] = [words[n - 15]!, words[n - 2]!]
    const first = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)
    const second = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10)
    words.push((words[n - 16]! + first + words[n - 7]! + second) | 0)
  }
  let [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number]
  for (let n = 0; n < 64; n++) {
    const one = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[n]! + words[n]!) | 0
    const two = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0]
  }
  return [a, b, c, d, e, f, g, h].map((word, n) => (word + state[n]!) | 0)
}

/** What SHA-256 puts behind a message of so many bytes. */
function padding(bytes: number): Buffer {
  const zeros = (119 - (bytes % 64)) % 64
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(bytes) * 8n)
  return Buffer.concat([Buffer.from([0x80]), Buffer.alloc(zeros), length])
}

/**
 * The hash of an unknown message followed by `glue` and `suffix`, from the hash of that message alone: the reason why a plain
 * hash of a secret and a message is no signature.
 */
export function extendHash(digest: string, messageBytes: number, suffix: Buffer): { glue: Buffer; digest: string } {
  const glue = padding(messageBytes)
  const total = messageBytes + glue.length + suffix.length
  const rest = Buffer.concat([suffix, padding(total)])
  let state = Array.from({ length: 8 }, (_, n) => Buffer.from(digest, 'hex').readInt32BE(n * 4))
  for (let at = 0; at < rest.length; at += 64) state = compress(state, rest.subarray(at, at + 64))
  const out = Buffer.alloc(32)
  state.forEach((word, n) => out.writeInt32BE(word, n * 4))
  return { glue, digest: out.toString('hex') }
}

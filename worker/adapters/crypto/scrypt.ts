import { Buffer } from 'node:buffer'
import { pbkdf2Sync } from 'node:crypto'
import { mixBlocks, WORDS_PER_BLOCK } from './mix-blocks'

/** N, r and p of RFC 7914. */
export type ScryptCost = { readonly N: number; readonly r: number; readonly p: number }

type Asked = {
  readonly password: string
  readonly salt: Uint8Array
  readonly cost: ScryptCost
  /** Bytes wanted. */
  readonly length: number
}

const NOTHING = new Int32Array(0)
/** What the last one computed in, for as long as nobody wants the room: making 16 MiB for each would be felt by everybody. */
let spareMemory: WeakRef<Int32Array> = new WeakRef(NOTHING)

/** Blocks of 64 bytes mixed between two rests: about a millisecond's. */
const BLOCKS_PER_SLICE = 6_144

/**
 * The bytes that `scryptSync` of node:crypto makes, computed in slices: the platform's own, also where it takes a callback,
 * holds up everything else in the isolate until it is done. `rest` is awaited after each slice. Takes 128·N·r bytes.
 */
export async function scrypt({ password, salt, cost, length }: Asked, rest: () => Promise<void>): Promise<Uint8Array> {
  const { N, r, p } = cost
  const bytes = 128 * r
  const mixed = Buffer.from(pbkdf2Sync(password, salt, 1, bytes * p, 'sha256'))
  const memory = takeMemory(N * 32 * r)
  for (let n = 0; n < p; n++) {
    const part = mixed.subarray(n * bytes, (n + 1) * bytes)
    const words = Int32Array.from({ length: 32 * r }, (_, k) => part.readInt32LE(4 * k))
    for (const _ of mixInMemory(words, memory, cost)) await rest()
    words.forEach((word, k) => part.writeInt32LE(word, 4 * k))
  }
  spareMemory = new WeakRef(memory)
  return pbkdf2Sync(password, mixed, 1, length, 'sha256')
}

/** In nobody's hands until it is put back; what is in it is written before it is read. */
function takeMemory(words: number): Int32Array {
  const spare = spareMemory.deref()
  spareMemory = new WeakRef(NOTHING)
  return spare?.length === words ? spare : new Int32Array(words)
}

/** scryptROMix over `words`, in place; stops after each slice. */
function* mixInMemory(words: Int32Array, memory: Int32Array, { N, r }: ScryptCost): Generator<void> {
  const spare = new Int32Array(words.length)
  const perSlice = Math.ceil(BLOCKS_PER_SLICE / (2 * r))
  for (let n = 0; n < 2 * N;) {
    for (const end = Math.min(n + perSlice, 2 * N); n < end; n++) {
      if (n < N) memory.set(words, n * words.length)
      else mixIn(words, memory, N)
      mixBlocks(words, spare, r)
    }
    yield
  }
}

/** What was kept at the place that `words` themselves name. */
function mixIn(words: Int32Array, memory: Int32Array, N: number): void {
  const size = words.length
  const at = ((words[size - WORDS_PER_BLOCK] ?? 0) & (N - 1)) * size
  for (let k = 0; k < size; k++) words[k] = (words[k] ?? 0) ^ (memory[at + k] ?? 0)
}

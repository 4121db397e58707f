/** 32-bit words of one block. */
export const WORDS_PER_BLOCK = 16

/** One block, in the hands of one computation that nothing interrupts. */
const block = new Int32Array(WORDS_PER_BLOCK)

/** scryptBlockMix of RFC 7914 over the 2r blocks of `words`, in place; `spare` is room for as many. */
export function mixBlocks(words: Int32Array, spare: Int32Array, r: number): void {
  const last = (2 * r - 1) * WORDS_PER_BLOCK
  for (let k = 0; k < WORDS_PER_BLOCK; k++) block[k] = words[last + k] ?? 0
  for (let n = 0; n < 2 * r; n++) {
    for (let k = 0; k < WORDS_PER_BLOCK; k++) block[k] = (block[k] ?? 0) ^ (words[n * WORDS_PER_BLOCK + k] ?? 0)
    salsa(block)
    spare.set(block, ((n >> 1) + (n & 1) * r) * WORDS_PER_BLOCK)
  }
  words.set(spare)
}

/** Salsa20/8 in place. */
// oxlint-disable-next-line max-lines-per-function -- sixteen numbers stay in registers only where they have names
function salsa(b: Int32Array): void {
  let x0 = b[0] ?? 0
  let x1 = b[1] ?? 0
  let x2 = b[2] ?? 0
  let x3 = b[3] ?? 0
  let x4 = b[4] ?? 0
  let x5 = b[5] ?? 0
  let x6 = b[6] ?? 0
  let x7 = b[7] ?? 0
  let x8 = b[8] ?? 0
  let x9 = b[9] ?? 0
  let x10 = b[10] ?? 0
  let x11 = b[11] ?? 0
  let x12 = b[12] ?? 0
  let x13 = b[13] ?? 0
  let x14 = b[14] ?? 0
  let x15 = b[15] ?? 0
  for (let round = 0; round < 4; round++) {
    x4 ^= turned(x0 + x12, 7)
    x8 ^= turned(x4 + x0, 9)
    x12 ^= turned(x8 + x4, 13)
    x0 ^= turned(x12 + x8, 18)
    x9 ^= turned(x5 + x1, 7)
    x13 ^= turned(x9 + x5, 9)
    x1 ^= turned(x13 + x9, 13)
    x5 ^= turned(x1 + x13, 18)
    x14 ^= turned(x10 + x6, 7)
    x2 ^= turned(x14 + x10, 9)
    x6 ^= turned(x2 + x14, 13)
    x10 ^= turned(x6 + x2, 18)
    x3 ^= turned(x15 + x11, 7)
    x7 ^= turned(x3 + x15, 9)
    x11 ^= turned(x7 + x3, 13)
    x15 ^= turned(x11 + x7, 18)
    x1 ^= turned(x0 + x3, 7)
    x2 ^= turned(x1 + x0, 9)
    x3 ^= turned(x2 + x1, 13)
    x0 ^= turned(x3 + x2, 18)
    x6 ^= turned(x5 + x4, 7)
    x7 ^= turned(x6 + x5, 9)
    x4 ^= turned(x7 + x6, 13)
    x5 ^= turned(x4 + x7, 18)
    x11 ^= turned(x10 + x9, 7)
    x8 ^= turned(x11 + x10, 9)
    x9 ^= turned(x8 + x11, 13)
    x10 ^= turned(x9 + x8, 18)
    x12 ^= turned(x15 + x14, 7)
    x13 ^= turned(x12 + x15, 9)
    x14 ^= turned(x13 + x12, 13)
    x15 ^= turned(x14 + x13, 18)
  }
  b[0] = (b[0] ?? 0) + x0
  b[1] = (b[1] ?? 0) + x1
  b[2] = (b[2] ?? 0) + x2
  b[3] = (b[3] ?? 0) + x3
  b[4] = (b[4] ?? 0) + x4
  b[5] = (b[5] ?? 0) + x5
  b[6] = (b[6] ?? 0) + x6
  b[7] = (b[7] ?? 0) + x7
  b[8] = (b[8] ?? 0) + x8
  b[9] = (b[9] ?? 0) + x9
  b[10] = (b[10] ?? 0) + x10
  b[11] = (b[11] ?? 0) + x11
  b[12] = (b[12] ?? 0) + x12
  b[13] = (b[13] ?? 0) + x13
  b[14] = (b[14] ?? 0) + x14
  b[15] = (b[15] ?? 0) + x15
}

function turned(n: number, bits: number): number {
  return (n << bits) | (n >>> (32 - bits))
}

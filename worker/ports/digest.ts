/** SHA-256 of texts one after another, in hexadecimal. */
export type Digest = (...texts: readonly string[]) => string

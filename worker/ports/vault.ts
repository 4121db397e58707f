/**
 * Seals and opens small texts with AES-256-GCM. A purpose reads `<kind>|<organization>|…` and is bound as additional data: the
 * text opens for it alone. Both reject when the keys cannot be reached for the moment.
 */
export type Vault = {
  /** The same text sealed twice gives different ciphertexts. */
  seal(purpose: string, plaintext: string): Promise<string>
  /** Null when the ciphertext is damaged, moved to another purpose, or sealed under a key that is unknown or destroyed. */
  open(purpose: string, ciphertext: string): Promise<string | null>
}

/** Seals and opens small texts with AES-256-GCM under the service's key; `purpose` is bound as additional data. */
export type Vault = {
  /** The same text sealed twice gives different ciphertexts. */
  seal(purpose: string, plaintext: string): Promise<string>
  /** Null when the ciphertext is damaged, moved to another purpose, or sealed under an unknown key. */
  open(purpose: string, ciphertext: string): Promise<string | null>
}

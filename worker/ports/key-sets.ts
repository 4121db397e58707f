/** Where an issuer publishes its keys: at `url`, or where its discovery document says. */
export type KeySource = { readonly issuer: string; readonly url: string | null }

/** One public key as its issuer writes it (RFC 7517). */
export type PublicKey = { readonly kty: string; readonly kid?: string; readonly [member: string]: unknown }

/** The keys of an issuer, the same array for as long as they do not change. */
export type PublicKeys = readonly PublicKey[]

/**
 * The keys of an issuer, kept for a while and asked for again when `kid` is not among them. Null: they could not be had.
 * Never throws.
 */
export type KeySets = (source: KeySource, kid: string | null) => Promise<PublicKeys | null>

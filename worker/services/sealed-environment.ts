import * as z from 'zod'

/** The variables and secrets a release was made with: only those its document names. Sealed wherever it is stored. */
const SealedEnvironment = z.object({
  variables: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), z.string()),
  /** What traces must not show, by the name to show instead: all secrets, and variables marked secret. */
  masked: z.record(z.string(), z.string()),
  /** The only hosts a secret may be sent to, for those that are bound. */
  hosts: z.record(z.string(), z.array(z.string())).default({}),
})
export type SealedEnvironment = z.output<typeof SealedEnvironment>

export function parseSealedEnvironment(text: string): SealedEnvironment {
  return SealedEnvironment.parse(JSON.parse(text))
}

/** Binds the ciphertext to its deployment, so that it opens nowhere else. */
export function environmentPurpose(owner: { organizationId: string; ref: string }): string {
  return `environment|${owner.organizationId}|${owner.ref}`
}

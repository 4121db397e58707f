import type { ChainHead } from '#core/model/audit-chain'

const nameOf = (organizationId: string) => `millrace-audit-head-${organizationId}`

/** Where the chain stood when this browser verified it last, or null. */
export function keptHead(organizationId: string): ChainHead | null {
  const [seq, hash] = localStorage.getItem(nameOf(organizationId))?.split(':') ?? []
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash }
}

/** Keeps a verified head outside of the service, to compare with the next time. */
export function keepHead(organizationId: string, { seq, hash }: ChainHead): void {
  localStorage.setItem(nameOf(organizationId), `${seq}:${hash}`)
}

import ipaddr from 'ipaddr.js'

/** All that is routed of version 6 (RFC 4291): the rest means one host, one network, or an address of version 4 in disguise. */
const GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether a packet to this address leaves for the public internet. Everything else is refused: private, shared, reserved and
 * multicast ranges, and version 6 addresses that carry one of version 4 (mapped, translated, 6to4, Teredo).
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast') return false
  return address instanceof ipaddr.IPv4 || (address as ipaddr.IPv6).match(GLOBAL)
}

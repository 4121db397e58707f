import { type EgressPolicy, hostProblem } from './egress-policy'
import { NetFailure } from './net-failure'
import { isPublicAddress } from './public-address'

/**
 * Looks a name up, where the policy can, and throws NetFailure unless every address it leads to is public. What was found is
 * never repeated: it would tell the author of a workflow how a network looks from inside.
 */
export async function judgeName(host: string, policy: EgressPolicy, signal: AbortSignal): Promise<void> {
  const name = host.toLowerCase().replace(/\.$/, '')
  const resolution = await policy.resolve?.(name, signal)
  if (resolution === undefined) return
  // Whoever asked is told why it was cut off by whoever cut it off.
  signal.throwIfAborted()
  if (resolution.kind === 'failed')
    throw new NetFailure('http_name_unresolved', `The name ${name} cannot be looked up.`)
  if (resolution.kind === 'unknown') throw new NetFailure('http_name_unresolved', `The name ${name} has no address.`)
  const { addresses, aliases } = resolution
  if (!addresses.every(isPublicAddress) || aliases.some((alias) => hostProblem(alias, policy) !== null))
    throw new NetFailure('egress_denied', 'This host name leads to a private network.')
}

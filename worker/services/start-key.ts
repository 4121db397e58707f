import type { ServiceContext } from './service-context'
import type { StartWish } from './start-execution'

/** An Idempotency-Key as it came, and a hash of the request it came with. */
export type Idempotency = { readonly key: string | null; readonly fingerprint: string }

/**
 * The key under which a shard knows what a call starts. The door forgets a call that broke, also one that had started
 * something: a repeat is answered by the shard. The same key of two operations is two keys.
 */
export function startKey(
  { digest }: Pick<ServiceContext, 'digest'>,
  operation: 'run' | 'retry' | 'replay' | 'test',
  { key, fingerprint }: Idempotency,
): StartWish['key'] {
  return key === null ? null : { hash: digest(`${operation}:`, key), fingerprint }
}

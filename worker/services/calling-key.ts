import type { KeyRow } from '../ports/key-store'
import { AppError } from './app-error'
import type { ServiceContext } from './service-context'

/**
 * The key that calls as it is now, or null when a person does. Refuses one that has ended since it was remembered: what it gave
 * away would outlive it.
 */
export async function callingKey({
  caller,
  clock,
  stores,
}: Pick<ServiceContext, 'caller' | 'clock' | 'stores'>): Promise<KeyRow | null> {
  if (caller.via.kind !== 'key') return null
  const key = await stores.keys.find(caller.via.id)
  if (key === null || (key.expiresAt !== null && key.expiresAt <= clock())) throw new AppError('credentials_invalid')
  return key
}

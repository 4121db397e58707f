import { AppError } from '../../services/app-error'

/** Nothing can be sealed for an organization whose keys were destroyed, or are wrapped under a master key nobody has. */
export function keysGone(organizationId: string): AppError {
  const detail = `The keys that seal the secrets of ${organizationId} are gone: destroyed, or under a master key that is missing.`
  return new AppError('unavailable', { detail })
}

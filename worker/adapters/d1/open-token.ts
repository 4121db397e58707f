import { and, eq, gt, type SQL } from 'drizzle-orm'
import type { EpochMs } from '#core/kernel/time'
import type { TokenPurpose } from '../../ports/person-store'
import { userTokens } from './schema/user-tokens'

/** Whether a mailed token is there for the purpose, and not too old. */
export function isOpenToken(tokenHash: string, purpose: TokenPurpose, at: EpochMs): SQL | undefined {
  return and(eq(userTokens.tokenHash, tokenHash), eq(userTokens.purpose, purpose), gt(userTokens.expiresAt, at))
}

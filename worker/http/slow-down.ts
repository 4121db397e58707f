import type { Operation } from '#core/contract/operation'
import { AppError } from '../services/app-error'
import type { Call } from './handler'

/** Guessing, and mailing, is slowed down per account and per address. */
export async function slowDown(
  { accounts, request }: Pick<Call<Operation>, 'accounts' | 'request'>,
  email?: string,
): Promise<void> {
  const address = request.headers.get('cf-connecting-ip')
  const keys = [...(email === undefined ? [] : [`email:${email}`]), ...(address === null ? [] : [`address:${address}`])]
  const allowed = await Promise.all(keys.map((key) => accounts.signInLimit(key)))
  if (allowed.includes(false)) throw new AppError('rate_limited', { retryAfterSeconds: 60 })
}

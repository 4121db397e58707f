import type { AccountDeps } from './accounts'
import { AppError } from './app-error'
import { mailedLink, newMailedToken } from './mailed-token'

const VERIFICATION_MS = 24 * 3_600_000

/** Mails a link that proves an address belongs to who signed up with it. */
export async function sendVerification(
  deps: AccountDeps,
  origin: string,
  user: { readonly id: string; readonly email: string },
): Promise<void> {
  const token = newMailedToken(deps.randomBytes)
  const expiresAt = deps.clock() + VERIFICATION_MS
  await deps.persons.putToken({ tokenHash: deps.digest(token), userId: user.id, purpose: 'verify_email', expiresAt })
  await deps.mailer.send({
    to: user.email,
    subject: 'Confirm your email address',
    text: [
      'Somebody signed up for Millrace with this address.',
      `If it was you, open within a day\n${mailedLink(origin, 'verify-email', token)}`,
      'If it was not, leave this letter alone.',
    ].join('\n\n'),
  })
}

/** Takes a mailed token as proof of the address. It works once. */
export async function verifyEmail(deps: AccountDeps, token: string): Promise<void> {
  const taken = await deps.persons.takeToken(deps.digest(token), 'verify_email', deps.clock())
  if (taken === null) throw new AppError('link_ended')
  await deps.persons.markVerified(taken.userId, deps.clock())
}

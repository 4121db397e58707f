import type { AccountDeps } from './accounts'
import { AppError } from './app-error'
import { mailedLink, newMailedToken } from './mailed-token'

const RESET_MS = 3_600_000

/** Mails a link to choose another password with, if there is such an account. Nobody who asks may wait for this. */
export async function sendReset(deps: AccountDeps, origin: string, email: string): Promise<void> {
  const user = await deps.identity.findUser(email)
  if (user === null) return
  const token = newMailedToken(deps.randomBytes)
  const expiresAt = deps.clock() + RESET_MS
  await deps.persons.putToken({ tokenHash: deps.digest(token), userId: user.id, purpose: 'reset_password', expiresAt })
  await deps.mailer.send({
    to: user.email,
    subject: 'Choose a new password',
    text: [
      'Somebody asked for a new password of your Millrace account.',
      `If it was you, open within an hour\n${mailedLink(origin, 'reset-password', token)}`,
      'If it was not, leave this letter alone: your password stays as it is.',
    ].join('\n\n'),
  })
}

/**
 * Sets a password by a mailed token, which works once and proves the address. Every session of the account ends, and with the
 * first proof of its address every other way in. What refuses the password leaves the token good.
 */
export async function resetPassword(deps: AccountDeps, token: string, password: string): Promise<void> {
  const tokenHash = deps.digest(token)
  // Asked first, so that made-up tokens take no place in the line of those whose passwords are hashed.
  if (!(await deps.persons.isOpenToken(tokenHash, 'reset_password', deps.clock()))) throw new AppError('link_ended')
  const passwordHash = await deps.passwords.hash(password)
  if (!(await deps.persons.resetPassword(tokenHash, passwordHash, deps.clock()))) throw new AppError('link_ended')
}

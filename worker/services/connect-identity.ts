import type { LinkedIdentity } from '../ports/linked-identity-store'
import type { AccountDeps, Visitor } from './accounts'
import { AppError } from './app-error'
import { newIdentity, recordConnected } from './new-person'
import { findSession } from './sessions'

/**
 * Connects an identity to the account of who started it, in the very session they are in now: a browser that was handed
 * somebody else's way back connects nothing.
 */
export async function connectIdentity(
  deps: AccountDeps,
  { sessionToken }: Visitor,
  userId: string,
  identity: LinkedIdentity,
): Promise<void> {
  const caller = sessionToken === null ? null : await findSession(deps, sessionToken)
  if (caller?.actor.id !== userId) throw new AppError('sign_in_ended')
  const person = { id: userId, email: caller.actor.email ?? '' }
  if (!(await deps.linkedIdentities.connect(userId, newIdentity(deps, identity), deps.clock())))
    throw new AppError('identity_taken')
  await recordConnected(deps, person, caller.organizationId, identity.provider)
  const name = deps.signInProviders.get(identity.provider)?.name ?? identity.provider
  deps.background(
    deps.mailer.send({
      to: person.email,
      subject: `${name} opens your account now`,
      text: [
        `Your Millrace account was connected with the ${name} account of ${identity.email}.`,
        'If it was not you, disconnect it under Account and choose a new password.',
      ].join('\n\n'),
    }),
  )
}

import { type AccountDeps, createOwner, type Visitor } from './accounts'
import { AppError } from './app-error'
import { join } from './join'
import { newIdentity, newPerson, recordConnected } from './new-person'
import { type OpenedSession, openSession } from './open-session'
import { requireSecondFactor } from './second-factor'
import { readOpenTicket } from './sign-in-ticket'

type Given = { readonly code?: string | undefined; readonly organizationName?: string | undefined }

/**
 * Lets somebody in whom a provider has identified: with the code their account asks for, or with the name of the
 * organization they begin with. What was wrong can be given again until the ticket ends.
 */
export async function finishSignInWith(
  deps: AccountDeps,
  visitor: Visitor,
  ticket: string | null,
  { code, organizationName }: Given,
): Promise<OpenedSession> {
  const { flow, use } = await readOpenTicket(deps, ticket, ['finish'])
  const { identity, invitation } = flow
  const user = await deps.linkedIdentities.findUser(identity.issuer, identity.subject)
  if (user !== null) {
    await requireSecondFactor(deps, user.id, code)
    await use()
    if (invitation !== null) await join(deps, user, invitation)
    await deps.linkedIdentities.touch(identity, deps.clock())
    return openSession(deps, visitor, user)
  }
  if (organizationName === undefined) throw new AppError('organization_required')
  await use()
  const person = newPerson(deps, identity)
  const organizationId = await createOwner(deps, person, organizationName, newIdentity(deps, identity)).catch(notTaken)
  await recordConnected(deps, person, organizationId, identity.provider)
  return openSession(deps, visitor, person)
}

/** The address got an account in between. */
function notTaken(error: unknown): never {
  throw error instanceof AppError && error.code === 'email_taken' ? new AppError('identity_not_connected') : error
}

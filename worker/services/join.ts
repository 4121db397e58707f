import type { UserRow } from '../ports/identity-store'
import type { NewIdentity } from '../ports/linked-identity-store'
import type { OpenInvitation } from '../ports/invitation-desk'
import type { AccountDeps } from './accounts'
import { AppError } from './app-error'
import { recordAudit } from './record-audit'

type Deps = Pick<AccountDeps, 'clock' | 'randomBytes' | 'digest' | 'invitationDesk' | 'auditOf'>
type Person = { readonly id: string; readonly email: string }

/** Makes a user a member by an invitation that was sent to their address, and uses it up. */
export async function join(deps: Deps, user: Person, token: string): Promise<OpenInvitation> {
  const { tokenHash, found } = await requireOwn(deps, user, token)
  if (!(await deps.invitationDesk.accept(tokenHash, user.id, deps.clock()))) throw new AppError('invitation_ended')
  await recordJoining(deps, user, found)
  return found
}

/** The same for a user who is created with it, and with the identity they sign in with, if it is not a password. */
export async function joinAs(
  deps: Deps,
  user: UserRow,
  token: string,
  identity?: NewIdentity,
): Promise<OpenInvitation> {
  const { tokenHash, found } = await requireOwn(deps, user, token)
  const outcome = await deps.invitationDesk.acceptAs(tokenHash, user, deps.clock(), identity)
  if (outcome === 'email_taken') throw new AppError('email_taken')
  if (outcome === 'ended') throw new AppError('invitation_ended')
  await recordJoining(deps, user, found)
  return found
}

async function requireOwn(deps: Deps, user: Person, token: string) {
  const tokenHash = deps.digest(token)
  const found = await deps.invitationDesk.find(tokenHash, deps.clock())
  if (found === null) throw new AppError('invitation_ended')
  if (found.email !== user.email) throw new AppError('invitation_not_yours')
  return { tokenHash, found }
}

function recordJoining(deps: Deps, { id, email }: Person, { organizationId, role }: OpenInvitation): Promise<void> {
  const stores = { audit: deps.auditOf(organizationId) }
  return recordAudit({ ...deps, caller: { actor: { id, email } }, stores }, 'member.joined', id, { role })
}

import type { OwnIdentity } from '../ports/linked-identity-store'
import type { AccountDeps } from './accounts'
import { AppError } from './app-error'
import { type Caller, unknown } from './caller'
import { requirePerson } from './own-account'
import { recordAudit } from './record-audit'
import type { ServiceContext } from './service-context'

/** What opens one's own account: accounts elsewhere, and a password or none. */
export async function ownIdentities(
  deps: Pick<AccountDeps, 'identity' | 'linkedIdentities'>,
  caller: Caller,
): Promise<{ readonly identities: readonly OwnIdentity[]; readonly hasPassword: boolean }> {
  const { id, email } = requirePerson(caller)
  const user = await deps.identity.findUser(email)
  return { identities: await deps.linkedIdentities.list(id), hasPassword: (user?.passwordHash ?? '') !== '' }
}

/** Takes one of one's own ways in away, but never the last. Another person's does not exist here, and none does for a key. */
export async function disconnectIdentity(
  ctx: ServiceContext,
  deps: Pick<AccountDeps, 'linkedIdentities' | 'signInProviders'>,
  id: string,
): Promise<void> {
  const { via, actor } = ctx.caller
  if (via.kind !== 'session') throw unknown('identity', id)
  const outcome = await deps.linkedIdentities.disconnect(actor.id, id, [...deps.signInProviders.keys()])
  if (outcome === 'unknown') throw unknown('identity', id)
  if (outcome === 'last') throw new AppError('last_way_in')
  await recordAudit(ctx, 'identity.disconnected', actor.id, { identity: id })
}

import { newId } from '#core/kernel/id'
import type { LinkedIdentity, NewIdentity } from '../ports/linked-identity-store'
import type { AccountDeps } from './accounts'
import { recordAudit } from './record-audit'

type Deps = Pick<AccountDeps, 'clock' | 'randomBytes'>

/** An account without a password; the provider has confirmed the address. */
export function newPerson(deps: Deps, { email }: LinkedIdentity) {
  const at = deps.clock()
  return { id: newId('user', at, deps.randomBytes), email, passwordHash: '', emailVerifiedAt: at }
}

/** An identity under a name of ours, which its owner may see and nobody has to guess from. */
export function newIdentity(deps: Deps, identity: LinkedIdentity): NewIdentity {
  return { ...identity, id: newId('ident', deps.clock(), deps.randomBytes) }
}

/** Writes down that somebody has another way in. */
export function recordConnected(
  deps: Pick<AccountDeps, 'clock' | 'randomBytes' | 'auditOf'>,
  { id, email }: { readonly id: string; readonly email: string },
  organizationId: string,
  provider: string,
): Promise<void> {
  const stores = { audit: deps.auditOf(organizationId) }
  return recordAudit({ ...deps, caller: { actor: { id, email } }, stores }, 'identity.connected', id, { provider })
}

import type { EpochMs } from '#core/kernel/time'
import type { AccountDeps } from './accounts'
import { AppError } from './app-error'
import type { KeyFinder } from './find-key'
import { haltDeployments } from './halt-deployments'
import { requirePerson } from './own-account'
import { recordAudit } from './record-audit'
import { requireSecondFactor } from './second-factor'
import type { ServiceContext } from './service-context'

/** What the call itself takes down; the sweep goes on with the rest, every minute. */
const HALTED_MAX = 100

type Wish = { readonly name: string; readonly password: string; readonly code?: string | undefined }

/**
 * Deletes an organization, at the word of an owner: from the answer on nobody comes in, nothing of it is started, and its secrets
 * can be opened by nobody any more. What is left of it the sweep removes. Answers since when it is deleted.
 */
export async function deleteOrganization(
  ctx: ServiceContext,
  accounts: AccountDeps,
  keys: Pick<KeyFinder, 'forgetOrganization'>,
  { name, password, code }: Wish,
): Promise<EpochMs> {
  const { organizationId } = ctx.stores
  const person = requirePerson(ctx.caller)
  const actual = await ctx.stores.organization.name()
  if (actual !== name.trim()) throw notItsName()
  const user = await accounts.identity.findUser(person.email)
  if (!(await accounts.passwords.verify(password, user?.passwordHash ?? ''))) throw new AppError('password_wrong')
  await requireSecondFactor(accounts, person.id, code)

  await recordAudit(ctx, 'organization.deleted', organizationId, { name: actual })
  const now = ctx.clock()
  const removedAt = await ctx.stores.organization.remove(now)
  keys.forgetOrganization(organizationId)
  // Whatever of this breaks off is done by the sweep: nobody could ask for it again.
  await Promise.allSettled([ctx.custodian.shred(organizationId), haltDeployments(ctx, HALTED_MAX, now)])
  return removedAt
}

function notItsName(): AppError {
  const message = 'This is not what the organization is called.'
  const hint = 'Write its name as GET /v1/me tells it, to show that this one is meant.'
  return new AppError('request_invalid', {
    detail: message,
    issues: [{ code: 'name_differs', severity: 'error', path: '/name', message, hint }],
  })
}

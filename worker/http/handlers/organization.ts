import { toIso } from '#core/kernel/time'
import { deleteOrganization } from '../../services/delete-organization'
import { requirePerson } from '../../services/own-account'
import type { SomeHandlers } from '../handler'
import { sessionCookie } from '../session-cookie'
import { slowDown } from '../slow-down'

export const organizationHandlers: SomeHandlers<'deleteOrganization'> = {
  async deleteOrganization(call) {
    const { ctx, accounts, keys, body, cookie } = call
    await slowDown(call, requirePerson(ctx.caller).email)
    const removedAt = await deleteOrganization(ctx, accounts, keys, body)
    return {
      status: 202,
      body: { organizationId: ctx.stores.organizationId, status: 'deleted', deletedAt: toIso(removedAt) },
      headers: { 'set-cookie': sessionCookie(cookie, '', 0) },
    }
  },
}

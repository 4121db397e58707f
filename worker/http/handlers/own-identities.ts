import { toIso } from '#core/kernel/time'
import { requirePerson } from '../../services/own-account'
import { disconnectIdentity, ownIdentities } from '../../services/own-identities'
import { startConnecting } from '../../services/start-sign-in-with'
import type { SomeHandlers } from '../handler'
import { slowDown } from '../slow-down'
import { visitorOf } from '../visitor'
import { ticketHeader } from './sign-in-with'

export const ownIdentityHandlers: SomeHandlers<'listIdentities' | 'connectIdentity' | 'disconnectIdentity'> = {
  async listIdentities({ accounts, ctx }) {
    const { identities, hasPassword } = await ownIdentities(accounts, ctx.caller)
    const items = identities.map(({ createdAt, usedAt, ...identity }) => ({
      ...identity,
      connectedAt: toIso(createdAt),
      lastUsedAt: toIso(usedAt),
    }))
    return { status: 200, body: { items, nextCursor: null, hasPassword } }
  },
  async connectIdentity(call) {
    await slowDown(call, requirePerson(call.ctx.caller).email)
    const { url, ticket } = await startConnecting(call.accounts, visitorOf(call), call.ctx.caller, call.body)
    return { status: 200, body: { url }, headers: ticketHeader(call, ticket) }
  },
  async disconnectIdentity({ accounts, ctx, params }) {
    await disconnectIdentity(ctx, accounts, params.id)
    return { status: 204, body: null }
  },
}

import { toIso } from '#core/kernel/time'
import {
  changePassword,
  endOtherSessions,
  endOwnSession,
  ownSessions,
  requirePerson,
  switchOrganization,
} from '../../services/own-account'
import { resetPassword, sendReset } from '../../services/reset-password'
import { sendVerification, verifyEmail } from '../../services/verify-email'
import type { SomeHandlers } from '../handler'
import { opened, sessionBody } from '../session-body'
import { slowDown } from '../slow-down'
import { visitorOf } from '../visitor'

type Names =
  | 'verifyEmail'
  | 'resendVerification'
  | 'forgotPassword'
  | 'resetPassword'
  | 'changePassword'
  | 'switchOrganization'
  | 'listSessions'
  | 'deleteOtherSessions'
  | 'deleteSession'

const ACCEPTED = { status: 202, body: { status: 'accepted' } } as const

export const accountHandlers: SomeHandlers<Names> = {
  async verifyEmail({ accounts, body }) {
    await verifyEmail(accounts, body.token)
    return { status: 204, body: null }
  },
  async resendVerification(call) {
    const person = requirePerson(call.ctx.caller)
    await slowDown(call, person.email)
    await sendVerification(call.accounts, visitorOf(call).origin, person)
    return ACCEPTED
  },
  async forgotPassword(call) {
    const { accounts, body } = call
    await slowDown(call, body.email)
    // Looked up after the answer, which therefore takes as long for an address nobody has.
    accounts.background(sendReset(accounts, visitorOf(call).origin, body.email))
    return ACCEPTED
  },
  async resetPassword(call) {
    await slowDown(call)
    await resetPassword(call.accounts, call.body.token, call.body.password)
    return { status: 204, body: null }
  },
  async changePassword(call) {
    await slowDown(call, requirePerson(call.ctx.caller).email)
    const session = await changePassword(call.accounts, visitorOf(call), call.ctx.caller, call.body)
    return { status: 200, body: sessionBody(session), headers: opened(call.cookie, session) }
  },
  async switchOrganization(call) {
    const { organizationId } = call.body
    const session = await switchOrganization(call.accounts, visitorOf(call), call.ctx.caller, organizationId)
    return { status: 200, body: sessionBody(session), headers: opened(call.cookie, session) }
  },
  async listSessions({ accounts, ctx }) {
    const sessions = await ownSessions(accounts, ctx.caller)
    const items = sessions.map(({ isCurrent, createdAt, seenAt, expiresAt, ...session }) => ({
      ...session,
      current: isCurrent,
      createdAt: toIso(createdAt),
      lastSeenAt: toIso(seenAt),
      expiresAt: toIso(expiresAt),
    }))
    return { status: 200, body: { items, nextCursor: null } }
  },
  async deleteOtherSessions({ accounts, ctx }) {
    return { status: 200, body: { ended: await endOtherSessions(accounts, ctx.caller) } }
  },
  async deleteSession({ accounts, ctx, params }) {
    await endOwnSession(accounts, ctx.caller, params.id)
    return { status: 204, body: null }
  },
}

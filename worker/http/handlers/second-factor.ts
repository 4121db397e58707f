import { requirePerson } from '../../services/own-account'
import {
  confirmSecondFactor,
  enrolSecondFactor,
  readSecondFactor,
  removeSecondFactor,
  renewRecoveryCodes,
} from '../../services/second-factor'
import type { SomeHandlers } from '../handler'
import { slowDown } from '../slow-down'

type Names =
  'getSecondFactor' | 'enrolSecondFactor' | 'confirmSecondFactor' | 'renewRecoveryCodes' | 'removeSecondFactor'

export const secondFactorHandlers: SomeHandlers<Names> = {
  async getSecondFactor({ accounts, ctx }) {
    return { status: 200, body: await readSecondFactor(accounts, requirePerson(ctx.caller)) }
  },
  async enrolSecondFactor(call) {
    const person = requirePerson(call.ctx.caller)
    await slowDown(call, person.email)
    return { status: 201, body: await enrolSecondFactor(call.accounts, person, call.body.password) }
  },
  async confirmSecondFactor(call) {
    const person = requirePerson(call.ctx.caller)
    await slowDown(call, person.email)
    const recoveryCodes = await confirmSecondFactor(call.accounts, person, call.body.code)
    return { status: 200, body: { recoveryCodes: [...recoveryCodes] } }
  },
  async renewRecoveryCodes(call) {
    const person = requirePerson(call.ctx.caller)
    await slowDown(call, person.email)
    const recoveryCodes = await renewRecoveryCodes(call.accounts, person, call.body)
    return { status: 200, body: { recoveryCodes: [...recoveryCodes] } }
  },
  async removeSecondFactor(call) {
    const person = requirePerson(call.ctx.caller)
    await slowDown(call, person.email)
    await removeSecondFactor(call.accounts, person, call.body)
    return { status: 204, body: null }
  },
}

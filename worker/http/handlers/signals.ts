import type { Json } from '#core/kernel/json'
import { sendSignal } from '../../services/send-signal'
import type { SomeHandlers } from '../handler'

export const signalHandlers: SomeHandlers<'sendSignal'> = {
  async sendSignal({ ctx, params, body, idempotencyKey }) {
    const { id: executionId, name } = params
    // The body was JSON; the contract says no more than that.
    const payload = body.payload as Json
    const sent = await sendSignal(ctx, { executionId, name, payload, key: idempotencyKey })
    return { status: 200, body: { executionId, signal: name, ...sent } }
  },
}

import { sendSignal } from '../../services/send-signal'
import type { SomeHandlers } from '../handler'

export const signalHandlers: SomeHandlers<'sendSignal'> = {
  async sendSignal({ ctx, params, body, idempotencyKey }) {
    const { id: executionId, name } = params
    const sent = await sendSignal(ctx, { executionId, name, payload: body.payload, key: idempotencyKey })
    return { status: 200, body: { executionId, signal: name, ...sent } }
  },
}

import type { JsonObject } from '#core/kernel/json'
import { testWorkflow } from '../../services/test-workflow'
import type { SomeHandlers } from '../handler'
import { runAnswer } from './executions'

export const testRunHandlers: SomeHandlers<'testWorkflow'> = {
  async testWorkflow({ ctx, params, body, idempotencyKey, fingerprint }) {
    const wish = {
      ...body,
      input: body.input as JsonObject,
      mocks: body.mocks as JsonObject,
      definition: body.definition as JsonObject | undefined,
    }
    return runAnswer(params.id, await testWorkflow(ctx, params.id, wish, { key: idempotencyKey, fingerprint }))
  },
}

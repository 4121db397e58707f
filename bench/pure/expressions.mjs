import { compileValue } from '#core/expression/compile-value'

const scope = {
  input: { orderId: 'order-7', amount: 99.99, items: [{ sku: 'A-1', quantity: 2 }] },
  trigger: {},
  execution: {},
  stage: (id) =>
    id === 'poll-build-status'
      ? {
          status: 'completed',
          output: { body: { workflow_runs: [{ status: 'queued' }] } },
          error: null,
          attempts: 1,
          duration: 5,
        }
      : undefined,
  variable: () => undefined,
  secret: () => undefined,
}
const compiled = compileValue(
  "{{ stages.poll-build-status.output.body.workflow_runs[0].status != 'completed' && input.amount > 10 }}",
)

/** Evaluates one condition, compiled once, `count` times. */
export function evaluateExpressions(count) {
  let isTrue = 0
  for (let n = 0; n < count; n++) if (compiled.value.evaluate(scope).value === true) isTrue++
  return { isTrue }
}

const patienceMs = 25_000
const pollMs = 1_000
const live = new Set(['pending', 'running', 'waiting'])

/** Runs a workflow, waits until its execution is over, and answers `{execution, trace}`. */
export async function follow(call, { workflowId, input }) {
  const run = { workflowId, environment: 'development', input, wait: patienceMs }
  const { executionId } = await call('POST', '/v1/workflows/run', run)
  for (;;) {
    const execution = await call('GET', `/v1/executions/${executionId}`)
    if (!live.has(execution.status))
      return { execution, trace: await call('GET', `/v1/executions/${executionId}/trace`) }
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

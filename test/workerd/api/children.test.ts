import { describe, expect, test } from 'vitest'
import type { Client } from '#core/contract/client'
import { isEnded, isWaiting, newPlace, until } from './deploy-document'

const parent = (config: object, name = 'parent') => ({
  name,
  stages: [{ id: 'call', component: 'workflow', config }],
})
const child = (stage: object, name = 'child') => ({ name, stages: [{ id: 'do', ...stage }] })
const double = { component: 'transform', config: { value: { twice: '{{ input.n * 2 }}' } } }
const wait = { component: 'wait_for_signal', config: { signal: 'go' } }

/** The executions that one has started. */
async function childrenOf(client: Client, parentExecutionId: string) {
  const list = await client.listExecutions({ query: { parentExecutionId } })
  return list.ok ? list.body.items : []
}

const byText = (a = '', b = '') => a.localeCompare(b)

/** What the trace says of the child of each stage. */
async function childrenInTrace(client: Client, id: string) {
  const trace = await client.getTrace({ params: { id } })
  return trace.ok ? trace.body.stages.map(({ metadata }) => metadata.childExecutionId) : []
}

describe('the children of an execution', () => {
  test('are listed by it, tests too, and nobody else’s; each stage names its own', async () => {
    const { client, deploy } = await newPlace()
    await deploy(child(double))
    const call = (id: string, wait: boolean) => ({
      id,
      component: 'workflow',
      config: { workflow: 'child', input: { n: 1 }, wait },
    })
    const stages = [call('waits', true), call('leaves', false), { id: 'plain', ...double }]
    const { start, workflowId } = await deploy({ name: 'parent', stages })
    const [id, other] = [await start({ n: 1 }), await start({ n: 1 })]
    await Promise.all([id, other].map((one) => until(client, one, isEnded)))
    const named = await childrenInTrace(client, id)
    expect(named[2]).toBeUndefined()
    const listed = async () => (await childrenOf(client, id)).map(({ executionId }) => executionId).toSorted(byText)
    await expect.poll(listed).toEqual(named.slice(0, 2).toSorted(byText))
    const tried = await client.testWorkflow({
      params: { id: workflowId },
      body: { input: { n: 1 }, environment: 'production' },
    })
    if (!tried.ok) throw new Error(JSON.stringify(tried.problem))
    const { executionId } = tried.body
    await expect
      .poll(async () => (await childrenOf(client, executionId)).map(({ test: isTest }) => isTest))
      .toEqual([true, true])
    expect(await client.listExecutions({ query: { parentExecutionId: executionId, test: 'false' } })).toMatchObject({
      body: { items: [] },
    })
  })

  test('that are still at work are named too', async () => {
    const { client, deploy } = await newPlace()
    await deploy(child(wait))
    const { start } = await deploy(parent({ workflow: 'child' }))
    const id = await start()
    await until(client, id, isWaiting)
    const [named = ''] = await childrenInTrace(client, id)
    expect(await client.getExecution({ params: { id: named } })).toMatchObject({ body: { parentExecutionId: id } })
  })
})

describe('a workflow that calls another', () => {
  test('waits for it and takes its output; the child says whose it is', async () => {
    const { client, deploy } = await newPlace()
    await deploy(child(double))
    const { start } = await deploy(parent({ workflow: 'child', input: { n: '{{ input.n }}' } }))
    const id = await start({ n: 21 })
    expect(await until(client, id, isEnded)).toMatchObject({ status: 'completed', output: { twice: 42 } })
    await expect.poll(async () => (await childrenOf(client, id)).length).toBe(1)
    const [called] = await childrenOf(client, id)
    const seen = await client.getExecution({ params: { id: called?.executionId ?? '' } })
    expect(seen).toMatchObject({ body: { parentExecutionId: id, trigger: 'workflow', input: { n: 21 } } })
  })

  test('parks while the child waits itself, and is woken by its end', async () => {
    const { client, deploy } = await newPlace()
    const { workflowId } = await deploy(child(wait))
    const { start } = await deploy(parent({ workflow: workflowId }))
    const id = await start()
    await until(client, id, isWaiting)
    await expect.poll(async () => (await childrenOf(client, id))[0]?.status).toBe('waiting')
    const [called] = await childrenOf(client, id)
    const signal = { params: { id: called?.executionId ?? '', name: 'go' }, body: { payload: 'from afar' } }
    await client.sendSignal(signal)
    expect(await until(client, id, isEnded)).toMatchObject({ status: 'completed', output: 'from afar' })
  })

  test('fails as its child failed, and says why', async () => {
    const { client, deploy } = await newPlace()
    await deploy(child({ component: 'transform', config: { value: 'n is {{ input.n }}' } }))
    const { start } = await deploy(parent({ workflow: 'child' }))
    expect(await until(client, await start(), isEnded)).toMatchObject({
      status: 'failed',
      error: { code: 'child_failed', stage: 'call', details: { error: { stage: 'do' } } },
    })
  })

  test('goes on at once when it does not wait', async () => {
    const { client, deploy } = await newPlace()
    await deploy(child(wait))
    const { start } = await deploy(parent({ workflow: 'child', wait: false }))
    const seen = await until(client, await start(), isEnded)
    const { executionId } = seen.output as { executionId: string }
    expect(await until(client, executionId, isWaiting)).toMatchObject({ parentExecutionId: seen.executionId })
  })

  test('takes its child along when it is cancelled', async () => {
    const { client, deploy } = await newPlace()
    await deploy(child(wait))
    const { start } = await deploy(parent({ workflow: 'child' }))
    const id = await start()
    await until(client, id, isWaiting)
    await expect.poll(async () => (await childrenOf(client, id)).length).toBe(1)
    await client.cancelExecution({ params: { id }, body: {} })
    const [called] = await childrenOf(client, id)
    expect(await until(client, called?.executionId ?? '', isEnded)).toMatchObject({ status: 'cancelled' })
  })

  test.each([
    ['does not exist', 'nobody', 'workflow_unknown'],
    ['is not live in this environment', 'draft', 'workflow_not_deployed'],
    ['is paused', 'resting', 'workflow_paused'],
    ['does not take this input', 'strict', 'input_invalid'],
  ])('fails when the other %s, and says what to do', async (_, name, code) => {
    const { client, deploy } = await newPlace()
    if (name === 'draft') await client.createWorkflow({ body: { definition: child(double, name) } })
    if (name === 'resting') {
      const { deploymentId } = await deploy(child(double, name))
      await client.pauseDeployment({ params: { id: deploymentId }, body: {} })
    }
    if (name === 'strict') {
      const inputSchema = { n: { type: 'number', required: true } }
      await deploy({ ...child(double, name), triggers: [{ type: 'manual', inputSchema }] })
    }
    const { start } = await deploy(parent({ workflow: name }))
    expect(await until(client, await start(), isEnded)).toMatchObject({
      status: 'failed',
      error: { code, stage: 'call', hint: expect.any(String) },
    })
  })

  test('that calls itself ends at the eighth level', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy(parent({ workflow: 'endless' }, 'endless'))
    const ended = await until(client, await start(), isEnded)
    expect(ended.error?.code).toBe('child_failed')
    await expect
      .poll(async () => {
        const list = await client.listExecutions({ query: {} })
        return list.ok
          ? list.body.items.map(({ error }) => error?.code ?? '').toSorted((a, b) => a.localeCompare(b))
          : []
      })
      .toEqual([...Array.from({ length: 8 }, () => 'child_failed'), 'workflow_too_deep'])
  })
})

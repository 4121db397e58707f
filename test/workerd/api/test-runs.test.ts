import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually'
import { parseExecutionId } from '#core/model/execution-id'
import type { ShardHandle } from '../../../worker/ports/shards'
import { clientWith, newKey, newOrganization, sampleDefinition } from './support'

afterEach(() => {
  vi.useRealTimers()
})

const stage = (id: string, component: string, config: object, depends_on: string[] = []) => ({
  id,
  component,
  depends_on,
  config,
})

/** A draft that nobody deployed: it asks an address that answers nobody, and shapes what comes back. */
function asking(name: string) {
  return {
    ...sampleDefinition(name),
    stages: [
      stage('fetch', 'http_request', { url: 'https://api.example.com/{{ input.customerId }}', method: 'GET' }),
      stage('shape', 'transform', { value: { name: '{{ stages.fetch.output.body.name }}' } }, ['fetch']),
    ],
  }
}

async function drafted(definition: object = asking('customer-onboarding')) {
  const organization = await newOrganization()
  const client = clientWith(organization.key)
  const created = await client.createWorkflow({ body: { definition: definition as Record<string, unknown> } })
  if (!created.ok) throw new Error(JSON.stringify(created.problem))
  return { ...organization, client, id: created.body.id }
}

const input = { customerId: 'c1' }
const mocks = { fetch: { status_code: 200, headers: {}, body: { name: 'Ada' }, duration_ms: 1 } }
type Place = Awaited<ReturnType<typeof drafted>>

async function tested({ client, id }: Place, body: object = {}) {
  const answer = await client.testWorkflow({ params: { id }, body: { input, mocks, wait: true, ...body } })
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
  return answer.body
}

/** Moves what an execution's shard holds into the archive. */
async function archive(executionId: string): Promise<void> {
  const { ref = '', seq = 0 } = parseExecutionId(executionId) ?? {}
  const stub = env.SHARDS.getByName(`dep:${ref}:0`) as unknown as DurableObjectStub & ShardHandle
  vi.useFakeTimers({ now: Date.now() + 25 * 3_600_000, toFake: ['Date'] })
  await evictDurableObject(stub)
  const organizationId = (await stub.config())?.organizationId ?? ''
  await eventually(async () => {
    await stub.poke()
    expect(await stub.peek({ organizationId, seq })).toHaveProperty('archived')
  })
  vi.useRealTimers()
}

describe('a test run', () => {
  test('runs the draft with given outputs in place of stages, and the trace says which', async () => {
    const place = await drafted()
    const run = await tested(place)
    expect(run).toMatchObject({
      status: 'completed',
      environment: 'development',
      version: 'draft',
      data: { name: 'Ada' },
    })
    const params = { id: run.executionId }
    expect(await place.client.getExecution({ params })).toMatchObject({ body: { test: true, status: 'completed' } })
    const trace = await place.client.getTrace({ params })
    const stages = trace.ok ? trace.body.stages : []
    expect(stages.map(({ node, metadata }) => [node, metadata.mocked ?? false])).toEqual([
      ['fetch', true],
      ['shape', false],
    ])
    expect(stages[0]?.output).toEqual(mocks.fetch)
  })

  test('leaves no deployment, changes no status, and shows up only where tests are asked for', async () => {
    const place = await drafted()
    const { executionId } = await tested(place)
    const { client, id } = place
    expect(await client.listDeployments({})).toMatchObject({ body: { items: [] } })
    expect(await client.getWorkflow({ params: { id } })).toMatchObject({ body: { status: 'draft' } })
    const run = await client.runWorkflow({ body: { workflowId: id, input } })
    expect(run).toMatchObject({ problem: { code: 'not_deployed' } })
    const { ref = '' } = parseExecutionId(executionId) ?? {}
    await (env.SHARDS.getByName(`dep:${ref}:0`) as unknown as { poke(): Promise<void> }).poke()
    await (env.DEPLOYMENTS.getByName(`dep:${ref}`) as unknown as { poke(): Promise<void> }).poke()
    expect(await client.listDeployments({})).toMatchObject({ body: { items: [] } })
    expect(await client.listExecutions({})).toMatchObject({ body: { items: [] } })
    const tests = await client.listExecutions({ query: { test: 'true' } })
    expect(tests).toMatchObject({ body: { items: [{ executionId, test: true, version: 'draft' }] } })
  })

  test('runs the document given instead; the draft stays, and two different ones keep apart', async () => {
    const place = await drafted()
    const say = (word: string) => ({
      ...asking('x'),
      stages: [stage('say', 'transform', { value: word })],
      output: '{{ stages.say.output }}',
    })
    const runs = await Promise.all(
      ['one', 'two', 'three'].map((word) => tested(place, { definition: say(word), mocks: {} })),
    )
    expect(runs.map((run) => ('data' in run ? run.data : null))).toEqual(['one', 'two', 'three'])
    expect(await tested(place)).toMatchObject({ data: { name: 'Ada' } })
    const again = await tested(place, { definition: say('one'), mocks: {} })
    expect('data' in again && again.data).toBe('one')
  })

  test('uses the values of its environment', async () => {
    const place = await drafted({
      ...asking('greeting'),
      stages: [stage('say', 'transform', { value: '{{ vars.GREETING }} {{ input.customerId }}' })],
      output: '{{ stages.say.output }}',
    })
    const refused = await place.client.testWorkflow({ params: { id: place.id }, body: { input, wait: true } })
    expect(refused).toMatchObject({
      status: 422,
      problem: { code: 'definition_invalid', issues: [{ code: 'unset_variable' }] },
    })
    for (const [environment, word] of [
      ['development', 'hello'],
      ['production', 'good day'],
      ['development', 'hi'],
    ] as const) {
      await place.client.putVariables({ params: { name: environment }, body: { variables: { GREETING: word } } })
      expect(await tested(place, { environment, mocks: {} })).toMatchObject({ data: `${word} c1`, environment })
    }
  })

  test('is run again as what it was, with its document and its given outputs, also from the archive', async () => {
    const place = await drafted()
    const { executionId } = await tested(place)
    await tested(place, {
      definition: { ...asking('y'), stages: [stage('say', 'transform', { value: 1 })], output: 1 },
      mocks: {},
    })
    await archive(executionId)
    for (const again of [
      await place.client.replayExecution({ params: { id: executionId }, body: {} }),
      await place.client.retryExecution({ params: { id: executionId }, body: { fromStage: 'shape' } }),
    ]) {
      const id = again.ok ? again.body.executionId : again.problem.code
      await expect
        .poll(async () => (await place.client.getExecution({ params: { id } })) as object)
        .toMatchObject({ body: { status: 'completed', test: true, replayOf: executionId, output: { name: 'Ada' } } })
    }
  })
})

describe('a test run is refused', () => {
  test('when a mock names no stage, with the nearest one; and when it names one that only decides', async () => {
    const place = await drafted({
      ...asking('deciding'),
      stages: [
        stage('decide', 'conditional', { condition: '{{ true }}', if_true: ['shape'], if_false: [] }),
        stage('shape', 'transform', { value: 1 }),
      ],
      output: 1,
    })
    const refused = await place.client.testWorkflow({
      params: { id: place.id },
      body: { input, mocks: { shap: 1, decide: { result: true, taken: [] } } },
    })
    expect(refused).toMatchObject({
      status: 422,
      problem: {
        issues: [
          { code: 'unknown_stage', path: '/mocks/shap', hint: "Did you mean 'shape'?" },
          { code: 'mock_not_possible', path: '/mocks/decide' },
        ],
      },
    })
  })

  test('when the document has errors, all of them named; when its input does not fit', async () => {
    const place = await drafted()
    const { client, id } = place
    const definition = { name: 'bad', stages: [stage('a', 'transform', { value: 1 }, ['nobody'])] }
    const invalid = await client.testWorkflow({ params: { id }, body: { definition, input } })
    expect(invalid).toMatchObject({ status: 422, problem: { code: 'definition_invalid' } })
    expect(!invalid.ok && invalid.problem.issues?.[0]?.path).toMatch(/^\/definition\/stages\/0/)
    const unfit = await client.testWorkflow({ params: { id }, body: { mocks } })
    expect(unfit).toMatchObject({ status: 422, problem: { code: 'input_invalid' } })
  })

  test('to who may run but neither write documents nor deploy', async () => {
    const place = await drafted()
    const runner = clientWith(await newKey(place.session, ['executions:run', 'workflows:read']))
    const params = { id: place.id }
    const missing = (scope: string) => ({ status: 403, problem: { code: 'missing_scope', scope } })
    expect(await runner.testWorkflow({ params, body: { input, mocks, wait: true } })).toMatchObject({ status: 200 })
    const definition = asking('mine')
    expect(await runner.testWorkflow({ params, body: { definition, input } })).toMatchObject(missing('workflows:write'))
    const production = { environment: 'production', input }
    expect(await runner.testWorkflow({ params, body: production })).toMatchObject(missing('deploy:production'))
    const bound = clientWith(await newKey(place.session, ['executions:run'], { environments: ['staging'] }))
    expect(await bound.testWorkflow({ params, body: { input } })).toMatchObject({ problem: { code: 'missing_scope' } })
  })
})

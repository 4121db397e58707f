import { describe, expect, test } from 'vitest'
import { type Document, isEnded, newPlace, until } from './deploy-document'
import { send } from './support'

/** Answers what came in and by which call; fails at its end when `wish` says so. */
const contacts: Document = {
  name: 'contacts',
  triggers: [
    { type: 'webhook', method: ['POST'], authentication: { type: 'none' } },
    { type: 'manual', inputSchema: { contactId: { type: 'string', required: true } } },
  ],
  stages: [
    {
      id: 'told',
      component: 'transform',
      config: {
        value: {
          first: '{{ input[0].objectId }}',
          by: '{{ trigger.type }}',
          topic: '{{ trigger.headers["x-topic"] }}',
          how: '{{ trigger.query.how }}',
        },
      },
    },
    { id: 'end', component: 'transform', depends_on: ['told'], config: { value: 'id {{ input[0].missing }}' } },
  ],
}

const TOLD = { first: 7, by: 'webhook', topic: 'contact.created', how: 'live' }

/** An execution that a webhook started with a list, as some providers send them, and that failed at its last stage. */
async function failed() {
  const { client, deploy } = await newPlace()
  const { webhookPath } = await deploy(contacts)
  const answer = await send(`${webhookPath}?how=live`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-topic': 'contact.created' },
    body: JSON.stringify([{ objectId: 7 }]),
  })
  const { executionId: id } = await answer.json<{ executionId: string }>()
  expect(await until(client, id, isEnded)).toMatchObject({ status: 'failed', error: { stage: 'end' } })
  const told = async (again: string) => {
    const { input, trigger } = await until(client, again, isEnded)
    const trace = await client.getTrace({ params: { id: again } })
    const stage = trace.ok ? trace.body.stages.find(({ node }) => node === 'told') : undefined
    return { input, trigger, output: stage?.output }
  }
  return { client, params: { id }, told }
}

const idOf = (answer: { ok: boolean; body?: unknown; problem?: unknown }) => {
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem))
  return (answer.body as { executionId: string }).executionId
}

describe('an execution that is run again', () => {
  test('by a retry reads what came in as it came: a list stays a list, and headers and query are there', async () => {
    const { client, params, told } = await failed()
    const again = idOf(await client.retryExecution({ params, body: { fromStage: 'told' } }))
    expect(await told(again)).toEqual({ input: [{ objectId: 7 }], trigger: 'webhook', output: TOLD })
  })

  test('by a replay does so too, and what the webhook let in is not held to the manual trigger’s schema', async () => {
    const { client, params, told } = await failed()
    const again = idOf(await client.replayExecution({ params }))
    expect(await told(again)).toEqual({ input: [{ objectId: 7 }], trigger: 'webhook', output: TOLD })
  })

  test('with another input is a manual run, which the schema judges', async () => {
    const { client, params, told } = await failed()
    expect(await client.replayExecution({ params, body: { input: {} } })).toMatchObject({
      status: 422,
      problem: { code: 'input_invalid', issues: [{ path: '/input/contactId' }] },
    })
    const again = idOf(await client.replayExecution({ params, body: { input: { contactId: 'c1' } } }))
    expect(await told(again)).toMatchObject({ input: { contactId: 'c1' }, trigger: 'manual' })
  })

  test('keeps its tags and its concurrency key', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy({
      name: 'keyed',
      settings: { concurrency: 1 },
      stages: [{ id: 'wait', component: 'wait_for_signal', config: { signal: 'go' } }],
    })
    const options = { tags: ['customer-1'], concurrencyKey: 'customer-1' }
    const first = await start({}, options)
    await client.cancelExecution({ params: { id: first } })
    const holder = await start({}, options)
    const isWaiting = (status: string) => status === 'waiting'
    await until(client, holder, isWaiting)
    const params = { id: first }
    const again = [
      idOf(await client.retryExecution({ params, body: { fromStage: 'wait' } })),
      idOf(await client.replayExecution({ params })),
    ]
    for (const id of again) {
      expect(await until(client, id, () => true)).toMatchObject({ status: 'pending', tags: ['customer-1'] })
    }
    await client.cancelExecution({ params: { id: holder } })
    await until(client, again[0] ?? '', isWaiting)
  })

  test('by a retry leans on what was kept: once that is deleted its trace says so, and another retry is told to replay', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy({
      name: 'large',
      stages: [
        { id: 'large', component: 'code', config: { source: 'return "x".repeat(300 * 1024)' } },
        {
          id: 'size',
          component: 'transform',
          depends_on: ['large'],
          config: { value: '{{ length(stages.large.output) }}' },
        },
      ],
      output: '{{ stages.size.output }}',
    })
    const first = await start()
    await until(client, first, isEnded)
    const params = { id: idOf(await client.retryExecution({ params: { id: first }, body: { fromStage: 'size' } })) }
    expect(await until(client, params.id, isEnded)).toMatchObject({ status: 'completed', output: 307_200 })
    const deletion = () => client.deleteExecution({ params: { id: first } })
    await expect.poll(async () => (await deletion()).status).toBe(204)
    expect(await client.getTrace({ params })).toMatchObject({
      status: 200,
      body: { truncated: true, stages: [{ node: 'large', status: 'completed', output: null }, { output: 307_200 }] },
    })
    expect(await client.retryExecution({ params, body: { fromStage: 'size' } })).toMatchObject({
      status: 410,
      problem: { code: 'output_gone' },
    })
  })
})

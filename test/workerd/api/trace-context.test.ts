import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { parseExecutionId } from '#core/model/execution-id'
import type { ShardHandle } from '../../../worker/ports/shards'
import { isEnded, newPlace, until } from './deploy-document'
import { send } from './support'

const CALLER = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const OF_CALLER = /^00-4bf92f3577b34da6a3ce929d0e0e4736-/
const child = {
  name: 'child',
  stages: [{ id: 'do', component: 'transform', config: { value: 1 } }],
}
const parent = {
  name: 'parent',
  triggers: [{ type: 'manual' }, { type: 'webhook', method: ['POST'], authentication: { type: 'none' } }],
  stages: [{ id: 'call', component: 'workflow', config: { workflow: 'child', input: {}, wait: true } }],
}

/** The trace that an execution was started in. */
async function traceOf(organizationId: string, id: string) {
  const { ref, shard, seq } = parseExecutionId(id) ?? { ref: '', shard: 0, seq: 0 }
  const stub = env.SHARDS.getByName(`dep:${ref}:${shard}`) as unknown as ShardHandle
  const found = await stub.read({ organizationId, seq })
  return found !== null && 'record' in found ? found.record.cause.traceparent : undefined
}

async function place() {
  const { client, key, deploy } = await newPlace()
  await deploy(child)
  const { workflowId, webhookPath } = await deploy(parent)
  const me = await client.getMe({})
  const organizationId = me.ok ? me.body.organizationId : ''
  const childOf = async (id: string) => {
    await until(client, id, isEnded)
    const trace = await client.getTrace({ params: { id } })
    return (trace.ok && trace.body.stages[0]?.metadata.childExecutionId) || ''
  }
  const run = async (traceparent?: string) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const answer = await send('/v1/workflows/run', {
      method: 'POST',
      headers: { ...headers, ...(traceparent !== undefined && { traceparent }) },
      body: JSON.stringify({ workflowId }),
    })
    return (await answer.json<{ executionId: string }>()).executionId
  }
  return { childOf, run, webhookPath, trace: (id: string) => traceOf(organizationId, id) }
}

describe('the trace of whoever starts an execution', () => {
  test('goes on in what a run call starts, and in its children', async () => {
    const { childOf, run, trace } = await place()
    const id = await run(CALLER)
    expect(await trace(id)).toBe(CALLER)
    expect(await trace(await childOf(id))).toMatch(OF_CALLER)
  })

  test('goes on from a webhook into its children', async () => {
    const { childOf, webhookPath, trace } = await place()
    const headers = { 'content-type': 'application/json', traceparent: CALLER }
    const answer = await send(webhookPath, { method: 'POST', headers, body: '{}' })
    const { executionId } = await answer.json<{ executionId: string }>()
    expect(await trace(await childOf(executionId))).toMatch(OF_CALLER)
  })

  test('is not believed when it is none; parent and child then share one of their own', async () => {
    const { childOf, run, trace } = await place()
    const id = await run('00-nonsense')
    expect(await trace(id)).toBeUndefined()
    const own = (await trace(await childOf(id)))?.slice(3, 35)
    expect(own).toMatch(/^[0-9a-f]{32}$/)
    expect((await trace(await childOf(await run())))?.slice(3, 35)).not.toBe(own)
  })
})

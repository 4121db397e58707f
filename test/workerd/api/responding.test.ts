import { describe, expect, test } from 'vitest'
import { isEnded, newPlace, until, type Document } from './deploy-document'
import { send } from './support'

const webhook = (responseMode: string) => ({
  triggers: [{ type: 'webhook', method: ['POST'], authentication: { type: 'none' }, responseMode, timeout: 20000 }],
})
const answering = (config: object, after: readonly object[] = []): Document => ({
  name: 'answering',
  ...webhook('lastNode'),
  stages: [{ id: 'answer', component: 'respond', config }, ...after],
})
const call = (path: string, headers: Record<string, string> = {}) =>
  send(path, { method: 'POST', body: '{"n":1}', headers: { 'content-type': 'application/json', ...headers } })

describe('respond', () => {
  test('answers the webhook’s caller while the execution goes on', async () => {
    const { client, deploy } = await newPlace()
    const later = { id: 'later', component: 'wait_for_signal', depends_on: ['answer'], config: { signal: 'go' } }
    const config = { status: 201, headers: { 'X-Order': '{{ input.n }}' }, body: { at: '{{ execution.id }}' } }
    const { webhookPath } = await deploy(answering(config, [later]))
    const response = await call(webhookPath)
    expect(response.status).toBe(201)
    expect(response.headers.get('x-order')).toBe('1')
    expect(response.headers.get('content-security-policy')).toContain('sandbox')
    const { at } = await response.json<{ at: string }>()
    const seen = await client.getExecution({ params: { id: at } })
    expect(seen.ok && isEnded(seen.body.status)).toBe(false)
    await client.sendSignal({ params: { id: at, name: 'go' }, body: {} })
    expect(await until(client, at, isEnded)).toMatchObject({ status: 'completed' })
  })

  test('that is all a workflow does answers too, and a repeat of the call gets the same answer', async () => {
    const { deploy } = await newPlace()
    const { webhookPath } = await deploy(answering({ status: 202, body: 'done <b>' }))
    for (let n = 0; n < 2; n++) {
      const response = await call(webhookPath, { 'idempotency-key': 'same' })
      expect(response.status).toBe(202)
      expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
      expect(await response.text()).toBe('done <b>')
    }
  })

  test('gives one answer: the first', async () => {
    const { client, deploy } = await newPlace()
    const second = { id: 'second', component: 'respond', depends_on: ['answer'], config: { body: 'two' } }
    const { webhookPath, workflowId } = await deploy(answering({ body: 'one' }, [second]))
    expect(await (await call(webhookPath)).text()).toBe('one')
    await expect
      .poll(async () => {
        const list = await client.listExecutions({ query: { workflowId } })
        return list.ok ? list.body.items.map(({ status }) => status) : []
      })
      .toEqual(['completed'])
    const list = await client.listExecutions({ query: { workflowId } })
    const id = list.ok ? (list.body.items[0]?.executionId ?? '') : ''
    expect(await until(client, id, isEnded)).toMatchObject({ output: { sent: false } })
  })

  test('is not sent where nobody waits', async () => {
    const { deploy, client } = await newPlace()
    const { webhookPath, start } = await deploy({ ...answering({ body: 'x' }), ...webhook('immediate') })
    const accepted = await (await call(webhookPath)).json<{ status: string; executionId: string }>()
    expect(accepted.status).toBe('accepted')
    expect(await until(client, accepted.executionId, isEnded)).toMatchObject({ output: { sent: false } })
    expect(await until(client, await start(), isEnded)).toMatchObject({ output: { sent: false } })
  })

  test('answers from wherever the execution runs', async () => {
    const { deploy } = await newPlace()
    const pause = { id: 'pause', component: 'delay', config: { seconds: 0.2 } }
    const stages = [pause, { id: 'answer', component: 'respond', depends_on: ['pause'], config: { status: 204 } }]
    const { webhookPath } = await deploy({ name: 'parked', ...webhook('lastNode'), stages })
    const response = await call(webhookPath)
    expect(response.status).toBe(204)
    expect(await response.text()).toBe('')
  })

  test('refuses what an answer may not carry', async () => {
    const { deploy } = await newPlace()
    const named = await deploy(answering({ headers: { 'X-A': 'a\nb' } }))
    expect(await (await call(named.webhookPath)).json()).toMatchObject({ error: { code: 'header_invalid' } })
    const baking = { ...answering({ headers: { 'set-cookie': 'a=b' } }), name: 'baking' }
    await expect(deploy(baking)).rejects.toThrow('header_refused')
  })
})

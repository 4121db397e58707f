import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allItems } from '../support/server/all-items'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { ended } from '../support/server/ended'
import { type Recorder, startRecorder } from '../support/server/start-recorder'
import { type RunningServer, startServer } from '../support/server/start-server'

const SECRET = `s3cret-${randomUUID()}`
const SECRET_VARIABLE = `v4riable-${randomUUID()}`

let outside: Recorder
let server: RunningServer
let call: Caller
/** Every answer the server gave. */
const answers: string[] = []

beforeAll(async () => {
  // A rude outside world: it sends back whatever it is told, in its body and in what it complains about.
  outside = await startRecorder(({ path: asked, headers, body }, before) => {
    const echo = { told: headers['authorization'], body, url: asked }
    if (asked.startsWith('/fails')) return { status: 400, body: echo }
    const isFirst = !before.some((it) => it.path === asked && it.body === body)
    return { status: asked.startsWith('/flaky') && isFirst ? 503 : 200, body: echo }
  })
  server = await startServer({ MILLRACE_DEV_ALLOW_HOSTS: outside.host })
  const plain = caller(server.url, server.apiKey)
  call = async (...wish) => {
    const answer = await plain(...wish)
    answers.push(`${answer.text}\n${JSON.stringify([...answer.headers])}`)
    return answer
  }
  const environment = '/v1/environments/development'
  await call('PUT', `${environment}/secrets`, { secrets: { TOKEN: SECRET } })
  await call('PUT', `${environment}/variables`, { variables: { PASSWORD: { value: SECRET_VARIABLE, secret: true } } })
})
afterAll(async () => {
  await server.discard()
  await outside.close()
})

const send = (id: string, target: string, after: string[] = []) => ({
  id,
  component: 'http_request',
  depends_on: after,
  config: {
    url: `${outside.url}/${target}?password={{ vars.PASSWORD }}`,
    method: 'POST',
    headers: { Authorization: 'Bearer {{ secrets.TOKEN }}' },
    body: { token: '{{ secrets.TOKEN }}', order: '{{ input.order }}' },
    retry: { max_attempts: 2, delay_seconds: 0, condition: '{{ output.status_code == 503 }}' },
  },
})
const log = { id: 'tell', component: 'logger', depends_on: ['send'], config: { message: 'Sent {{ secrets.TOKEN }}' } }
const leak = {
  id: 'leak',
  component: 'transform',
  depends_on: ['send'],
  config: { value: { password: '{{ vars.PASSWORD }}', told: '{{ stages.send.output.body.told }}' } },
}

async function run(target: string) {
  const { workflowId } = await deployNew(call, {
    triggers: [{ type: 'manual' }],
    stages: [send('send', target), log, leak],
  })
  const input = { order: randomUUID() }
  const { body } = await call('POST', '/v1/workflows/run', { workflowId, input, wait: true })
  const id = body.executionId as string
  for (const it of ['', '/trace']) await call('GET', `/v1/executions/${id}${it}`)
  return {
    workflowId,
    id,
    status: body.status as string,
    calls: outside.calls.filter(({ body: sent }) => sent.includes(input.order)),
  }
}

test('a secret reaches whom it is meant for, and nobody else: not an answer, a trace, or a file (S88)', async () => {
  const completed = await run('works')
  expect(completed.status).toBe('completed')
  const failed = await run('fails')
  expect(failed.status).toBe('failed')
  const flaky = await run('flaky')
  expect([flaky.status, flaky.calls.length]).toEqual(['completed', 2])
  const retried = await call('POST', `/v1/executions/${failed.id}/retry`)
  expect(await ended(call, retried.body.executionId)).toMatchObject({ status: 'failed' })
  const replayed = await call('POST', `/v1/executions/${completed.id}/replay`)
  await ended(call, replayed.body.executionId)
  for (const { headers, path: asked } of [...completed.calls, ...failed.calls, ...flaky.calls]) {
    expect(headers['authorization']).toBe(`Bearer ${SECRET}`)
    expect(asked).toContain(SECRET_VARIABLE)
  }

  const ids = [retried.body.executionId, replayed.body.executionId] as string[]
  const lists = ['/v1/workflows', '/v1/deployments', '/v1/executions']
  for (const list of lists) await allItems(call, list)
  for (const id of ids) for (const it of ['', '/trace']) await call('GET', `/v1/executions/${id}${it}`)
  for (const it of ['secrets', 'variables']) await call('GET', `/v1/environments/development/${it}`)
  await call('GET', `/v1/workflows/${completed.workflowId}`)
  await call('GET', `/v1/workflows/${completed.workflowId}/versions/v1`)
  await expect.poll(async () => (await allItems(call, '/v1/executions')).length).toBe(5)

  for (const secret of [SECRET, SECRET_VARIABLE]) {
    expect(answers.filter((answer) => answer.includes(secret))).toEqual([])
    expect(server.output()).not.toContain(secret)
    expect(filesHolding(secret)).toEqual([])
  }
  await server.end()
  for (const secret of [SECRET, SECRET_VARIABLE]) expect(filesHolding(secret)).toEqual([])
})

test('the search would find what lies open', () => {
  expect(filesHolding('order').length).toBeGreaterThan(0)
})

/** Files of the state folder that hold a text, as it is or as base64 or hex of it. */
function filesHolding(text: string): string[] {
  const bytes = Buffer.from(text)
  const forms = [bytes, Buffer.from(bytes.toString('hex')), Buffer.from(bytes.toString('base64').slice(0, -4))]
  return readdirSync(server.stateFolder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(server.stateFolder, name))
    .filter((file) => statSync(file).isFile() && forms.some((form) => readFileSync(file).includes(form)))
}

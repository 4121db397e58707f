import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { allItems } from '../support/server/all-items'
import { type Caller, caller } from '../support/server/caller'
import { deployNew } from '../support/server/deploy-new'
import { type RunningServer, startServer } from '../support/server/start-server'

const ROTATIONS = 5
const CALLERS = 8
const BETWEEN_ROTATIONS_MS = 1_000
const OVERLAP_SECONDS = 60

let server: RunningServer
let call: Caller

beforeAll(async () => {
  // One shard: growing is another test's.
  server = await startServer({ GROW_AT_ACCEPTS_PER_SECOND: '0' })
  call = caller(server.url, server.apiKey)
})
afterAll(() => server.discard())

const document = {
  triggers: [{ type: 'manual' }],
  stages: [
    { id: 'double', component: 'transform', config: { value: '{{ input.n * 2 }}' } },
    { id: 'say', component: 'logger', depends_on: ['double'], config: { message: 'n {{ stages.double.output }}' } },
  ],
}

/** Calls with whichever key is the newest until told to stop; what was answered. */
async function load(workflowId: string, newest: () => string, isOver: () => boolean) {
  const answers: { readonly status: number; readonly id: string; readonly text: string }[] = []
  for (let n = 0; !isOver(); n++) {
    const { status, body, text } = await caller(server.url, newest())('POST', '/v1/workflows/run', {
      workflowId,
      input: { n },
    })
    answers.push({ status, id: String(body?.executionId), text })
  }
  return answers
}

test('keys are rotated and people sign in while executions are started: no call is refused and no execution fails (A-02, I12)', async () => {
  const { workflowId } = await deployNew(call, document)
  const made = await call('POST', '/v1/keys', { name: 'load', scopes: ['executions:run'], workflowIds: [workflowId] })
  const keys = [{ id: made.body.id as string, key: made.body.key as string }]
  const newest = () => keys.at(-1)?.key ?? ''
  let isOver = false
  const loads = Array.from({ length: CALLERS }, () => load(workflowId, newest, () => isOver))
  // Who was not told in time goes on with the key that was replaced.
  const late = load(
    workflowId,
    () => keys.at(-2)?.key ?? newest(),
    () => isOver,
  )
  const signIns: number[] = []
  for (let rotation = 0; rotation < ROTATIONS; rotation++) {
    await pause(BETWEEN_ROTATIONS_MS)
    const { email, password } = server
    const signedIn = caller(server.url)('POST', '/v1/auth/sign-in', { email, password })
    const path = `/v1/keys/${keys.at(-1)?.id}/rotate`
    const rotated = await call('POST', path, { overlapSeconds: OVERLAP_SECONDS })
    expect(rotated.status).toBe(201)
    keys.push({ id: rotated.body.id as string, key: rotated.body.key as string })
    signIns.push((await signedIn).status)
  }
  await pause(BETWEEN_ROTATIONS_MS)
  isOver = true
  const answers = (await Promise.all([...loads, late])).flat()
  expect(answers.filter(({ status }) => status !== 202)).toEqual([])
  expect(signIns).toEqual(Array.from({ length: ROTATIONS }, () => 200))

  const list = () => allItems(call, `/v1/executions?workflowId=${workflowId}`)
  const completed = async () => (await list()).filter(({ status }) => status === 'completed').length
  await expect.poll(completed, { timeout: 60_000, interval: 250 }).toBe(answers.length)
  expect(new Set(answers.map(({ id }) => id)).size).toBe(answers.length)
  process.stdout.write(`${ROTATIONS} rotations, ${answers.length} executions started, 0 refused, 0 failed\n`)

  const last = keys.at(-1)
  await call('POST', `/v1/keys/${last?.id}/rotate`, { overlapSeconds: 0 })
  const refused = await caller(server.url, last?.key)('POST', '/v1/workflows/run', { workflowId, input: { n: 1 } })
  expect(refused.status).toBe(401)
})

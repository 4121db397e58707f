import { describe, expect, test } from 'vitest'
import { isEnded, isWaiting, linkIn, newPlace, submit, until } from './deploy-document'
import { clientWith, newKey, newOrganization, send } from './support'

const approval = {
  name: 'approval',
  stages: [
    { id: 'ask', component: 'logger', config: { message: 'open {{ execution.signals["approve-it"] }}' } },
    {
      id: 'decision',
      component: 'wait_for_signal',
      depends_on: ['ask'],
      config: { signal: 'approve-it', timeout_seconds: 3600, choices: ['approve', 'reject'] },
    },
  ],
  output: '{{ stages.decision.output }}',
}
const waiting = (config: object) => ({
  name: 'waiting',
  stages: [{ id: 'wait', component: 'wait_for_signal', config: { signal: 'go', ...config } }],
})

/** A stage that waits for the signal `go`. */
const ask = (id: string, more: object, config: object) => ({
  id,
  component: 'wait_for_signal',
  ...more,
  config: { signal: 'go', ...config },
})

async function asked() {
  const place = await newPlace()
  const { start } = await place.deploy(approval)
  const id = await start()
  await until(place.client, id, isWaiting)
  return { ...place, id }
}

/** Reads the trace again and again until a stage stands as expected. */
async function traced(
  client: Awaited<ReturnType<typeof newPlace>>['client'],
  id: string,
  node: string,
  status: string,
) {
  for (;;) {
    const trace = await client.getTrace({ params: { id } })
    if (!trace.ok) throw new Error(JSON.stringify(trace.problem))
    if (trace.body.stages.some((stage) => stage.node === node && stage.status === status)) return
    await scheduler.wait(20)
  }
}

describe('a signal', () => {
  test('ends the wait with its payload; repeats under one key are one signal', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy(waiting({}))
    const id = await start()
    await until(client, id, isWaiting)
    const signal = () =>
      client.sendSignal({ params: { id, name: 'go' }, body: { payload: { n: 7 } }, idempotencyKey: 'once' })
    expect(await signal()).toMatchObject({ status: 200, body: { executionId: id, signal: 'go', status: 'recorded' } })
    expect(await until(client, id, isEnded)).toMatchObject({ status: 'completed', output: { n: 7 } })
    expect(await signal()).toMatchObject({ status: 200, body: { status: 'duplicate' } })
  })

  test('for a finished execution is refused; so is one without a name, from a stranger or without the scope (T-26)', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy({
      name: 'brief',
      stages: [{ id: 'a', component: 'transform', config: { value: 1 } }],
    })
    const id = await start({}, { wait: true })
    const params = { id, name: 'go' }
    expect(await client.sendSignal({ params, body: {} })).toMatchObject({
      status: 409,
      problem: { code: 'execution_finished', status: 409 },
    })
    expect(await client.sendSignal({ params: { id, name: 'not a name' }, body: {} })).toMatchObject({ status: 422 })
    const stranger = await newOrganization()
    expect(await clientWith(stranger.key).sendSignal({ params, body: {} })).toMatchObject({ status: 404 })
    const reader = clientWith(await newKey(stranger.session, ['executions:read']))
    expect(await reader.sendSignal({ params, body: {} })).toMatchObject({ status: 403 })
  })

  test('that is too large is refused with what to do instead', async () => {
    const { client, id } = await asked()
    const body = { payload: 'x'.repeat(256 * 1024) }
    expect(await client.sendSignal({ params: { id, name: 'approve-it' }, body })).toMatchObject({
      status: 413,
      problem: { code: 'body_too_large', hint: expect.stringContaining('Send less') },
    })
  })

  test('that does not come in time gives way to the default; without one the stage fails', async () => {
    const { client, deploy } = await newPlace()
    const patient = await deploy({ ...waiting({ timeout_seconds: 1, default: 'nobody' }), name: 'patient' })
    const strict = await deploy({ ...waiting({ timeout_seconds: 1 }), name: 'strict' })
    const ids = await Promise.all([patient.start(), strict.start()])
    const [went, failed] = await Promise.all(ids.map((id) => until(client, id, isEnded)))
    expect(went).toMatchObject({ status: 'completed', output: 'nobody' })
    expect(failed).toMatchObject({ status: 'failed', error: { code: 'signal_timeout', stage: 'wait' } })
  })

  test('that comes before anybody waits for it is kept', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy({
      name: 'early',
      stages: [
        { id: 'pause', component: 'delay', config: { seconds: 1 } },
        { id: 'wait', component: 'wait_for_signal', depends_on: ['pause'], config: { signal: 'go' } },
      ],
    })
    const id = await start()
    await client.sendSignal({ params: { id, name: 'go' }, body: { payload: 'early' } })
    expect(await until(client, id, isEnded)).toMatchObject({ status: 'completed', output: 'early' })
  })
})

describe('the link of a signal', () => {
  test('shows what it asks and changes nothing when it is looked at (T-26)', async () => {
    const { client, id } = await asked()
    const link = await linkIn(client, id)
    for (const method of ['GET', 'HEAD', 'GET']) {
      const page = await send(link, { method, headers: { accept: 'text/html' } })
      expect(page.status).toBe(200)
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(page.headers.get('referrer-policy')).toBe('no-referrer')
      expect(page.headers.get('cache-control')).toBe('no-store')
      if (method === 'GET') expect(await page.text()).toMatch(/approval[\s\S]*value="approve"[\s\S]*value="reject"/)
    }
    expect(await until(client, id, isWaiting)).toMatchObject({ status: 'waiting' })
  })

  test('sends the choice once; the second use is gone (T-26)', async () => {
    const { client, id } = await asked()
    const link = await linkIn(client, id)
    expect((await submit(link, { choice: 'maybe' })).status).toBe(422)
    const page = await submit(link, { choice: 'approve', comment: ' fine <b> ' })
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(await until(client, id, isEnded)).toMatchObject({
      status: 'completed',
      output: { choice: 'approve', comment: 'fine <b>' },
    })
    const second = await submit(link, { choice: 'reject' })
    expect(second.status).toBe(410)
    expect(await second.text()).toContain('This link has done its work')
    const program = await send(link, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
    expect(program.status).toBe(410)
    expect(await program.json()).toMatchObject({ code: 'signal_link_used' })
  })

  test('offers the choices of the stage that waits now, where several wait for one name', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy({
      name: 'twice',
      stages: [
        { id: 'say', component: 'logger', config: { message: '{{ execution.signals.go }}' } },
        ask('one', { depends_on: ['say'] }, { choices: ['early'] }),
        { id: 'pause', component: 'delay', depends_on: ['one'], config: { until: '{{ input.until }}' } },
        ask('two', { depends_on: ['pause'] }, { choices: ['{{ input.word }}', 'never'] }),
      ],
      output: '{{ stages.two.output.choice }}',
    })
    const offered = async (link: string) => {
      const page = await (await send(link, { headers: { accept: 'text/html' } })).text()
      return [...page.matchAll(/name="choice" value="([^"]*)"/g)].map(([, choice]) => choice)
    }
    const id = await start({ until: '2020-01-01T00:00:00Z', word: 'late' })
    await until(client, id, isWaiting)
    const link = await linkIn(client, id)
    expect(await offered(link)).toEqual(['early'])
    await client.sendSignal({ params: { id, name: 'go' }, body: { payload: { choice: 'early' } } })
    await traced(client, id, 'two', 'waiting')
    expect(await offered(link)).toEqual(['late', 'never'])
    expect((await submit(link, { choice: 'early' })).status).toBe(422)
    expect((await submit(link, { choice: 'late' })).status).toBe(200)
    expect(await until(client, id, isEnded)).toMatchObject({ status: 'completed', output: 'late' })
  })

  test('offers the choices of the stage to come, while none waits yet', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy({
      name: 'either',
      stages: [
        { id: 'say', component: 'logger', config: { message: '{{ execution.signals.go }}' } },
        {
          id: 'fork',
          component: 'conditional',
          depends_on: ['say'],
          config: { condition: '{{ input.left }}', if_true: ['left'], if_false: ['right-pause'] },
        },
        ask('left', {}, { choices: ['l'] }),
        { id: 'right-pause', component: 'delay', config: { seconds: 3600 } },
        ask('right', { depends_on: ['right-pause'] }, { choices: ['r'] }),
      ],
    })
    const id = await start({ left: false })
    await until(client, id, isWaiting)
    const page = await send(await linkIn(client, id), { headers: { accept: 'text/html' } })
    expect(await page.text()).toMatch(/name="choice" value="r"/)
    await client.cancelExecution({ params: { id }, body: {} })
  })

  test.for([{ default: 'nobody' }, { default: 'nobody', choices: ['yes'] }])(
    'is gone when its wait timed out, though another goes on (%j)',
    async (config) => {
      const { client, deploy } = await newPlace()
      const { start } = await deploy({
        name: 'timed',
        stages: [
          { id: 'say', component: 'logger', config: { message: '{{ execution.signals.go }}' } },
          {
            id: 'ask',
            component: 'wait_for_signal',
            depends_on: ['say'],
            config: { signal: 'go', timeout_seconds: 1, ...config },
          },
          { id: 'later', component: 'wait_for_signal', depends_on: ['ask'], config: { signal: 'other' } },
        ],
        output: '{{ stages.ask.output }}',
      })
      const id = await start()
      await traced(client, id, 'later', 'waiting')
      const link = await linkIn(client, id)
      const answer = await submit(link, { choice: 'yes' })
      expect([answer.status, await answer.text()]).toMatchObject([410, expect.stringContaining('no longer waits')])
      expect((await send(link)).status).toBe(410)
      expect(await client.sendSignal({ params: { id, name: 'other' }, body: {} })).toMatchObject({ status: 200 })
      expect(await until(client, id, isEnded)).toMatchObject({ status: 'completed', output: 'nobody' })
    },
  )

  test('is taken before its stage waits, and by the next stage of its name after one that timed out', async () => {
    const { client, deploy } = await newPlace()
    const { start } = await deploy({
      name: 'again',
      stages: [
        { id: 'say', component: 'logger', config: { message: '{{ execution.signals.go }}' } },
        ask('one', { depends_on: ['say'] }, { timeout_seconds: 1, default: 'nobody' }),
        { id: 'gate', component: 'wait_for_signal', depends_on: ['one'], config: { signal: 'open' } },
        ask('two', { depends_on: ['gate'] }, {}),
      ],
      output: ['{{ stages.one.output }}', '{{ stages.two.output }}'],
    })
    const id = await start()
    await traced(client, id, 'gate', 'waiting')
    const headers = { 'content-type': 'application/json' }
    const answer = await send(await linkIn(client, id), { method: 'POST', headers, body: '"early"' })
    expect(answer.status).toBe(200)
    await client.sendSignal({ params: { id, name: 'open' }, body: {} })
    expect(await until(client, id, isEnded)).toMatchObject({ status: 'completed', output: ['nobody', 'early'] })
  })

  test('takes JSON of a program and answers it in JSON', async () => {
    const { client, id } = await asked()
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ choice: 'reject', why: 'too much' })
    const answer = await send(await linkIn(client, id), { method: 'POST', headers, body })
    expect(await answer.json()).toEqual({ status: 'recorded', executionId: id, signal: 'approve-it' })
    expect(await until(client, id, isEnded)).toMatchObject({ output: { choice: 'reject', why: 'too much' } })
  })

  test('is worth nothing when it is changed, whatever the change (T-26)', async () => {
    const { client, id } = await asked()
    const link = await linkIn(client, id)
    const changed = [
      link.replace('approve-it', 'other'),
      `${link}x`,
      link.slice(0, -1),
      link.replace(/signal\/./, (start) => (start.endsWith('0') ? 'signal/1' : 'signal/0')),
      '/signal/',
      '/signal/nothing',
    ]
    for (const path of changed) expect((await send(path)).status, path).toBe(404)
    expect((await send(link, { method: 'DELETE' })).status).toBe(405)
  })

  test('of a cancelled execution is gone (T-26)', async () => {
    const { client, id } = await asked()
    const link = await linkIn(client, id)
    await client.cancelExecution({ params: { id }, body: {} })
    expect((await send(link)).status).toBe(410)
    expect((await submit(link, { choice: 'approve' })).status).toBe(410)
  })
})

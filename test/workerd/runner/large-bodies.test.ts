import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { Json } from '#core/kernel/json'
import { fakeNetwork, publish, runnerOn } from '../support/run-release'

const get = { id: 'get', component: 'http_request', config: { url: 'https://api.example.com/list' } }
const use = (value: string) => ({ id: 'use', component: 'transform', depends_on: ['get'], config: { value } })
const answering = (text: string, type = 'application/json') => {
  const network = fakeNetwork()
  network.answer = () => ({ kind: 'response', status: 200, headers: { 'content-type': type }, text, durationMs: 1 })
  return network
}

/** Runs a workflow on what a server answers; tells how it ended and what was stored. */
async function run(text: string, value: string, secrets: Record<string, string> = {}, type?: string) {
  const config = { ...get.config, headers: { 'X-Token': '{{ secrets.TOKEN ?? "" }}' } }
  const stages = [Object.keys(secrets).length > 0 ? { ...get, config } : get, use(value)]
  const release = await publish({ name: 'large', stages }, { secrets })
  const seq = await release.start()
  await release.serve(runnerOn(answering(text, type)))
  const journal = await release.journal(seq)
  const kept = journal.find((event) => 'outputRef' in event) as { outputRef?: string; output?: unknown } | undefined
  const object = kept?.outputRef === undefined ? null : await env.BUCKET.get(kept.outputRef)
  return { end: await release.end(seq), journal, stored: object === null ? null : await object.text() }
}

describe('a response beyond 256 KiB', () => {
  const list = JSON.stringify({ items: Array.from({ length: 20_000 }, (_, id) => ({ id, name: `n${id}é` })) })

  it('is stored as the text it came as, and read by later stages', async () => {
    const { end, stored, journal } = await run(list, '{{ stages.get.output.body.items[19999].name }}')
    expect(end).toMatchObject({ status: 'completed', output: 'n19999é' })
    expect(stored?.includes(`"body":${list}`)).toBe(true)
    expect(JSON.parse(stored ?? '')).toMatchObject({ status_code: 200, duration_ms: 1 })
    expect(JSON.stringify(journal).length).toBeLessThan(5_000)
  })

  it('is read under its alias, and as a whole', async () => {
    const { end } = await run(list, '{{ length(stages.get.output.data.items) + length(keys(stages.get.output)) }}')
    expect(end).toMatchObject({ output: 20_004 })
  })

  it('never stores a secret it repeats, however it is escaped', async () => {
    const TOKEN = 'top/secrét-xyzzy'
    const echo = `${list.slice(0, -1)},"echo":"top\\/secr\\u00e9t-xyzzy"}`
    const { end, stored } = await run(echo, '{{ stages.get.output.body.echo }}', { TOKEN })
    expect(end).toMatchObject({ status: 'completed', output: '[secret TOKEN]' })
    expect(stored?.includes('xyzzy')).toBe(false)
  })

  it('that calls itself JSON and is none is kept as text', async () => {
    const { end } = await run(`${list},`, '{{ length(stages.get.output.body) }}')
    expect(end).toMatchObject({ status: 'completed', output: list.length + 1 })
  })

  it('of text is kept whole too', async () => {
    const { end, stored } = await run('é'.repeat(300_000), '{{ length(stages.get.output.body) }}', {}, 'text/plain')
    expect(end).toMatchObject({ output: 300_000 })
    expect(stored).not.toBeNull()
  })

  it('of more than may be kept fails the stage with its size (F-27)', async () => {
    const { end } = await run(`"${'x'.repeat(10 * 1024 * 1024)}"`, '{{ 1 }}')
    expect(end).toMatchObject({ status: 'failed', error: { code: 'output_too_large', stage: 'get' } })
  })
})

describe('a failure with a response beyond 256 KiB', () => {
  const page = { message: 'x'.repeat(300_000), id: 7 }
  const told =
    '{{ [stages.get.output.status_code, stages.get.output.body.id, length(stages.get.output.body.message)] }}'
  const document = {
    name: 'missing',
    output: '{{ stages.told.output }}',
    stages: [
      { id: 'safe', component: 'trycatch', config: { try: ['get'], catch: ['told'] } },
      { ...get, config: { ...get.config, retry: { max_attempts: 2, delay_seconds: 0 } } },
      { id: 'told', component: 'transform', config: { value: told } },
    ],
  }
  const network = (...statuses: number[]) => {
    const answers = fakeNetwork()
    answers.answer = () => ({
      kind: 'response',
      status: statuses.length > 1 ? (statuses.shift() ?? 0) : (statuses[0] ?? 0),
      headers: { 'content-type': 'application/json', 'x-id': 'a' },
      text: JSON.stringify(page),
      durationMs: 1,
    })
    return answers
  }
  const failuresOf = (journal: readonly object[]) =>
    journal.filter((event) => 'type' in event && event.type === 'attempt_failed' && 'output' in event)

  it('keeps its last output for the catch, and stores it beside the journal', async () => {
    const release = await publish(document)
    const seq = await release.start()
    await release.serve(runnerOn(network(404)))
    expect(await release.end(seq)).toMatchObject({ status: 'completed', output: [404, 7, 300_000] })
    const journal = await release.journal(seq)
    expect(failuresOf(journal)).toMatchObject([
      { outputRef: expect.any(String), output: { status_code: 404, headers: { 'x-id': 'a' }, truncated: true } },
    ])
    expect(JSON.stringify(journal).length).toBeLessThan(5_000)
  })

  it('keeps it for the runner that goes on after a wait', async () => {
    const [safe, stage, use] = document.stages
    const { output } = document
    const wait = { id: 'wait', component: 'wait_for_signal', config: { signal: 'go' } }
    const stages = [{ ...safe, config: { try: ['get'], catch: ['wait', 'told'] } }, stage, wait]
    const release = await publish({
      name: 'parked',
      output,
      stages: [...stages, { ...use, depends_on: ['wait'] }],
    } as Json)
    const seq = await release.start()
    await release.serve(runnerOn(network(404)))
    const { organizationId } = release.config
    await release.handle.signal({ organizationId, seq, name: 'go', signalId: 's', payload: 'null', actor: null })
    await release.serve(runnerOn(network(500)))
    expect(await release.end(seq)).toMatchObject({ status: 'completed', output: [404, 7, 300_000] })
  })

  it('that is tried again leaves its status and headers, and nothing in the store', async () => {
    const release = await publish(document)
    const seq = await release.start()
    await release.serve(runnerOn(network(503, 404)))
    const journal = await release.journal(seq)
    expect(failuresOf(journal)[0]).toMatchObject({
      output: { status_code: 503, headers: { 'x-id': 'a' }, truncated: true, chars: expect.any(Number) },
    })
    expect(failuresOf(journal)[0]).not.toHaveProperty('outputRef')
  })
})

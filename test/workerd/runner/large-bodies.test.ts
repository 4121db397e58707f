import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
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

import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { Workflow } from '#core/definition/document'
import { fakeNetwork, ok, publish, runnerOn } from '../support/run-release'

const chain = {
  name: 'chain',
  stages: [
    { id: 'double', component: 'transform', config: { value: { n: '{{ input.n * 2 }}' } } },
    {
      id: 'log',
      component: 'logger',
      depends_on: ['double'],
      config: { message: 'n is {{ stages.double.output.n }}' },
    },
    { id: 'last', component: 'transform', depends_on: ['log'], config: { value: '{{ stages.double.output.n + 1 }}' } },
  ],
}

const post = (id: string, depends_on: string[] = [], extra = {}) => ({
  id,
  component: 'http_request',
  depends_on,
  config: { url: `https://api.example.com/${id}`, method: 'POST', body: { at: id }, ...extra },
})

describe('the normal course', () => {
  it('pure stages run to the document’s answer in one claim', async () => {
    const release = await publish(chain)
    const seqs = await Promise.all([1, 2, 3].map((n) => release.start({ n })))
    await release.serve(runnerOn(fakeNetwork()))
    const ends = await Promise.all(seqs.map((seq) => release.end(seq)))
    expect(ends.map(({ status, output }) => [status, output])).toEqual([
      ['completed', 3],
      ['completed', 5],
      ['completed', 7],
    ])
  })

  it('a request carries a key of its own, and its answer is what later stages read', async () => {
    const release = await publish({
      name: 'http',
      stages: [
        post('charge'),
        {
          id: 'last',
          component: 'transform',
          depends_on: ['charge'],
          config: { value: '{{ stages.charge.output.body.id }}' },
        },
      ],
    })
    const network = fakeNetwork()
    network.answer = () => ok({ id: 'ch_1' })
    const seq = await release.start()
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'completed', output: 'ch_1' })
    expect(network.sent[0]?.headers).toMatchObject({ 'Idempotency-Key': expect.stringContaining(':charge') })
  })

  it('an unsafe request leaves only after what it builds on is durable (write barrier)', async () => {
    const release = await publish({ name: 'two', stages: [post('first'), post('second', ['first'])] })
    const network = fakeNetwork()
    const durable: number[] = []
    network.answer = async () => {
      durable.push((await release.journal(0)).filter(({ type }) => type === 'stage_succeeded').length)
      return ok()
    }
    await release.start()
    await release.serve(runnerOn(network))
    expect(durable).toEqual([0, 1])
  })

  it('a secret reaches the request it is named in, and never the journal or the result', async () => {
    const release = await publish(
      { name: 'secret', stages: [post('call', [], { headers: { Authorization: 'Bearer {{ secrets.TOKEN }}' } })] },
      { secrets: { TOKEN: 's3cr3t-value-0815' } },
    )
    const network = fakeNetwork()
    network.answer = (request) =>
      ok({ echo: request.headers['authorization'] ?? request.headers['Authorization'] ?? '' })
    const seq = await release.start()
    await release.serve(runnerOn(network))
    expect(JSON.stringify(network.sent)).toContain('s3cr3t-value-0815')
    expect(await release.end(seq)).toMatchObject({ status: 'completed' })
    const kept = JSON.stringify([await release.journal(seq), await release.end(seq)])
    expect(kept).not.toContain('s3cr3t-value-0815')
    expect(kept).toContain('TOKEN')
  })

  it('an output too large for the journal is kept in the store and read by later stages', async () => {
    const release = await publish({
      name: 'large',
      stages: [
        post('fetch'),
        {
          id: 'last',
          component: 'transform',
          depends_on: ['fetch'],
          config: { value: '{{ length(stages.fetch.output.body.text) }}' },
        },
      ],
    })
    const network = fakeNetwork()
    network.answer = () => ok({ text: 'x'.repeat(400_000) })
    const seq = await release.start()
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'completed', output: 400_000 })
    const stored = (await release.journal(seq)).find((event) => event.stage === 'fetch' && 'outputRef' in event) as
      { outputRef: string } | undefined
    expect(await env.BUCKET.head(stored?.outputRef ?? '')).not.toBeNull()
  })

  it('secrets that cannot be decrypted fail the execution, which sends nothing', async () => {
    const document = { name: 'sealed', stages: [post('call')] }
    const release = await publish(document)
    const config = { ...release.config, epoch: 2, active: 2, releases: [{ ...release.config.releases[0]!, pin: 2 }] }
    await release.handle.push({
      config,
      releases: [
        {
          pin: 2,
          summary: config.releases[0]!,
          document: JSON.stringify(Workflow.parse(document)),
          environment: 'v1.damaged.damaged',
        },
      ],
    })
    const network = fakeNetwork()
    const seq = await release.start({}, { epoch: 2, pin: 2 })
    await release.serve(runnerOn(network))
    expect(await release.end(seq)).toMatchObject({ status: 'failed', error: { code: 'environment_unavailable' } })
    expect(network.sent).toEqual([])
  })
})

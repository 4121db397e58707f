import { describe, expect, it } from 'vitest'
import { ok as success } from '#core/kernel/result'
import type { Ingress } from '../../../worker/ports/ingress'
import type { ShardHandle } from '../../../worker/ports/shards'
import { ingressTo } from '../support/ingress-to'
import { fakeNetwork, ok, publish, runnerOn } from '../support/run-release'

const post = {
  name: 'inline',
  stages: [
    { id: 'call', component: 'http_request', config: { url: 'https://api.example.com/', method: 'POST', body: {} } },
  ],
  output: '{{ stages.call.output.body.id }}',
}

/** Nobody answers doorbells: what is not run inline stays where it is. */
async function call(ref: string, ingress: Ingress, patienceMs: number) {
  const accepted = await ingress.accept(ref, null, async () =>
    success({
      pin: 1,
      cause: { type: 'webhook' as const, triggerId: 'webhook', actor: null },
      payload: '{}',
      claim: true,
      timeoutMs: patienceMs,
    }),
  )
  if (!accepted.ok) throw new Error(JSON.stringify(accepted.error))
  return ingress.complete(accepted.value, patienceMs)
}

describe('running inside the request', () => {
  it('stages that use the network run in the request that waits for them', async () => {
    const { config, handle } = await publish(post)
    const network = fakeNetwork()
    network.answer = () => ok({ id: 'ch_1' })
    const seen = await call(
      config.ref,
      ingressTo(() => handle, runnerOn(network)),
      5_000,
    )
    expect(seen).toMatchObject({ status: 'completed', result: { output: 'ch_1' } })
  })

  it('a shard that cannot be asked costs the waiting caller the result, never the answer (I1)', async () => {
    const { config, handle } = await publish(post)
    const broken = {
      accept: (request: Parameters<ShardHandle['accept']>[0]) => handle.accept(request),
      config: () => handle.config(),
      release: () => Promise.reject(new Error('Network connection lost.')),
      peek: () => Promise.reject(new Error('Network connection lost.')),
    } as unknown as ShardHandle
    const seen = await call(
      config.ref,
      ingressTo(() => broken, runnerOn(fakeNetwork())),
      100,
    )
    expect(seen).toEqual({ status: 'pending', result: null, response: null })
  })
})

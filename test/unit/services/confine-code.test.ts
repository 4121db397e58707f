import { expect, it } from 'vitest'
import { Workflow } from '#core/definition/document'
import { compilePlan } from '#core/definition/plan'
import type { HttpRequest } from '#core/components/context'
import { confineCode, secretsHanded } from '../../../worker/services/runner/confine-code'

const request = (url: string): HttpRequest => ({ url, method: 'GET', headers: {}, body: null, timeoutMs: 1_000 })

function sender() {
  const sent: HttpRequest[] = []
  const send = async (one: HttpRequest) => {
    sent.push(one)
    return { kind: 'response', status: 200, headers: {}, text: '', durationMs: 0 } as const
  }
  return { sent, send }
}

const HOSTS = { A: ['api.a.test', 'both.test'], B: ['both.test'] }

it('code that is handed a secret bound to hosts calls those hosts only, whatever it sends', async () => {
  const { sent, send } = sender()
  const confined = confineCode(send, ['A', 'FREE'], HOSTS)
  expect(await confined(request('https://api.a.test/x'))).toMatchObject({ kind: 'response' })
  expect(await confined(request('https://evil.test/'))).toMatchObject({
    kind: 'failed',
    failure: {
      code: 'secret_host_denied',
      message: 'Code that is handed the secret A may only call api.a.test, both.test.',
    },
    retryable: false,
  })
  expect(sent).toEqual([{ ...request('https://api.a.test/x'), staysOnHost: true }])
})

it('code that is handed two of them calls what both may be sent to', async () => {
  const { sent, send } = sender()
  const confined = confineCode(send, ['A', 'B'], HOSTS)
  expect(await confined(request('https://api.a.test/'))).toMatchObject({ failure: { code: 'secret_host_denied' } })
  expect(await confined(request('https://both.test/'))).toMatchObject({ kind: 'response' })
  expect(await confined(request('not a url'))).toMatchObject({ failure: { code: 'secret_host_denied' } })
  expect(sent).toHaveLength(1)
})

it('code without such a secret sends as any stage does', () => {
  const { send } = sender()
  expect(confineCode(send, ['FREE'], HOSTS)).toBe(send)
})

it.for([
  [{ secrets: ['A'] }, ['A']],
  [{ inputs: '{{ secrets.A }}' }, ['A']],
  [{ inputs: { deep: [{ k: "x {{ base64_encode(secrets['A'] ?? '') }}" }] } }, ['A']],
  [{ inputs: { k: '{{ secrets?.A }}', l: '{{ [secrets.B] }}' }, secrets: ['C', 'A'] }, ['C', 'A', 'B']],
  [{ inputs: { k: '{{ vars.A }}{{ input.A }}' } }, []],
] as const)('code is handed what it lists and what its inputs refer to: %j', ([config, handed]) => {
  const stages = [{ id: 'it', component: 'code', config: { source: 'return 1', ...config } }]
  const plan = compilePlan(Workflow.parse({ name: 'code', triggers: [{ type: 'manual' }], stages }))
  expect(secretsHanded(plan.stages.get('it')!)).toEqual(handed)
})

import { expect, it } from 'vitest'
import type { HttpRequest } from '#core/components/context'
import { confineCode } from '../../../worker/services/runner/confine-code'

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
  const confined = confineCode(send, { A: 'a', FREE: 'f' }, HOSTS)
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
  const confined = confineCode(send, { A: 'a', B: 'b' }, HOSTS)
  expect(await confined(request('https://api.a.test/'))).toMatchObject({ failure: { code: 'secret_host_denied' } })
  expect(await confined(request('https://both.test/'))).toMatchObject({ kind: 'response' })
  expect(await confined(request('not a url'))).toMatchObject({ failure: { code: 'secret_host_denied' } })
  expect(sent).toHaveLength(1)
})

it('code without such a secret sends as any stage does', () => {
  const { send } = sender()
  expect(confineCode(send, { FREE: 'f' }, HOSTS)).toBe(send)
})

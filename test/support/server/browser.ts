import type { Answer } from './caller'

/** Somebody's browser: it keeps the cookies of one server, goes where it is told to, and follows nothing by itself. */
export type Browser = {
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>
  readonly cookies: Map<string, string>
}

export function openBrowser(baseUrl: string): Browser {
  const cookies = new Map<string, string>()
  let csrfToken = ''
  const call: Browser['call'] = async (method, path, body, headers = {}) => {
    const sent = new Headers({ cookie: [...cookies].map((pair) => pair.join('=')).join('; '), ...headers })
    if (method !== 'GET') sent.set('origin', new URL(baseUrl).origin)
    if (method !== 'GET' && csrfToken !== '') sent.set('x-csrf-token', csrfToken)
    if (body !== undefined) sent.set('content-type', 'application/json')
    const init = { method, headers: sent, redirect: 'manual', body: body === undefined ? null : JSON.stringify(body) }
    const response = await fetch(new URL(path, baseUrl), init as RequestInit)
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s)
      cookies.set(name, value)
    }
    const text = await response.text()
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : null,
    }
    csrfToken = answer.body?.csrfToken ?? csrfToken
    return answer
  }
  return { call, cookies }
}

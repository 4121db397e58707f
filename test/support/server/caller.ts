/** An answer as it came over the wire; `body` is its JSON, or null without one. */
export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are judged key by key, not trusted to have a type
  readonly body: any
}

export type Caller = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>

/** Calls of a server with the same credentials. A body that is no string or bytes is sent as JSON. */
export function caller(baseUrl: string, apiKey?: string): Caller {
  return async (method, path, body, headers = {}) => {
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    const sent = new Headers(headers)
    if (apiKey !== undefined && !sent.has('authorization')) sent.set('authorization', `Bearer ${apiKey}`)
    if (body !== undefined && !sent.has('content-type')) sent.set('content-type', 'application/json')
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: sent,
      ...(body === undefined ? {} : { body: isRaw ? (body as BodyInit) : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null }
  }
}

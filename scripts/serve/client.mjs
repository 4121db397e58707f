/**
 * Calls of the HTTP API with fixed headers: `call(method, path, body?, {unless})` answers the JSON body (with `cookie`
 * when one was set), undefined for the status named by `unless`, and throws for any other refusal.
 */
export function client(url, headers = {}) {
  return async (method, path, body, { unless } = {}) => {
    const response = await fetch(new URL(path, url), {
      method,
      headers: { ...headers, Origin: url, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (response.status === unless) return undefined
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    const cookie = response.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    return { ...(text ? JSON.parse(text) : {}), ...(cookie ? { cookie } : {}) }
  }
}

/**
 * A request as the played systems see it. `host` is the name the sender meant: the forwarded one when its name was
 * redirected here, else the Host header. Throws when a JSON body does not parse.
 */
export async function readRequest(incoming) {
  const chunks = []
  for await (const chunk of incoming) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  const url = new URL(incoming.url, 'http://stand-in')
  const { headers } = incoming
  const host = (headers['x-forwarded-host'] ?? headers.host ?? '').split(':')[0]
  const isJson = (headers['content-type'] ?? '').includes('json')
  return {
    method: incoming.method,
    host,
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: isJson && text ? JSON.parse(text) : text,
  }
}

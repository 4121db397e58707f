/** Slack's incoming webhooks: `ok` for a message with blocks. */
export function slack({ method, path, body }) {
  if (method !== 'POST' || !path.startsWith('/services/')) return undefined
  const name = 'slack.notify'
  if (!Array.isArray(body?.blocks)) return { name, status: 400, body: 'no_text' }
  return { name, status: 200, body: 'ok' }
}

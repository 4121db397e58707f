/** An OpenAI-compatible model that says what it was asked about. */
export function model({ method, path, body }) {
  if (method !== 'POST' || !path.endsWith('/chat/completions')) return undefined
  const name = 'model.chat'
  const asked = body?.messages?.find(({ role }) => role === 'user')?.content
  if (!body?.model || !asked)
    return { name, status: 400, body: { error: { message: 'model and a user message are needed' } } }
  const content = [
    `Root cause: the evidence given (${asked.length} characters) points at the new version.`,
    'Severity: high. Recommended fix: revert the commit and reproduce the failure on staging.',
  ].join('\n')
  return { name, status: 200, body: completion(body.model, content, asked) }
}

const completion = (name, content, asked) => ({
  id: 'chatcmpl-stand-in',
  object: 'chat.completion',
  model: name,
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
  usage: {
    prompt_tokens: asked.length,
    completion_tokens: content.length,
    total_tokens: asked.length + content.length,
  },
})

import { fit } from './fit.mjs'

const schemaOf = (body) => body.response_format?.json_schema?.schema ?? null

const textOf = (body) => {
  const schema = schemaOf(body)
  const question = body.messages.findLast(({ role }) => role === 'user')?.content ?? ''
  return schema === null ? `You asked: ${question}` : JSON.stringify(fit(schema))
}

/** Counts words as tokens: what matters is that there are numbers, and that they add up. */
function completion(body, content, reason = 'stop') {
  const words = (text) => text.split(/\s+/).filter(Boolean).length
  const prompt = words(body.messages.map((message) => message.content).join(' '))
  const usage = { prompt_tokens: prompt, completion_tokens: words(content), total_tokens: prompt + words(content) }
  const choices = [{ index: 0, finish_reason: reason, message: { role: 'assistant', content } }]
  return { id: 'chatcmpl-test', object: 'chat.completion', model: body.model, choices, usage }
}

const refuse = ({ response, sendJson }, status, message, headers) =>
  sendJson(response, status, { error: { message } }, headers)
const say = ({ body, response, sendJson }, content, reason) =>
  sendJson(response, 200, completion(body, content, reason))

/** How questions are answered. */
export const modes = {
  ok: (question) => say(question, textOf(question.body)),
  429: (question) => refuse(question, 429, 'Slow down', { 'retry-after': String(question.wish.retryAfterSeconds) }),
  500: (question) => refuse(question, 500, 'Something broke'),
  // The limit of tokens was reached in the middle of the answer.
  truncated: (question) => say(question, textOf(question.body).slice(0, -2), 'length'),
  // The response itself ends in the middle, and says that it is whole.
  'cut-body': ({ body, response }) => {
    const text = JSON.stringify(completion(body, textOf(body)))
    response.writeHead(200, { 'content-type': 'application/json' }).end(text.slice(0, text.length / 2))
  },
  mismatch: (question) => say(question, JSON.stringify({ unexpected: [1, 'two'] })),
  prose: (question) => say(question, 'I would rather not answer in JSON.'),
  'no-format': (question) =>
    question.body.response_format === undefined
      ? say(question, '{"cause":"disk"}')
      : refuse(question, 400, 'response_format of type json_schema is not supported'),
  hang: () => undefined,
}

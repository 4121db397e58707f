import type { Json } from '#core/kernel/json'
import { err, ok, type Result } from '#core/kernel/result'
import { parseStrictJson } from '#core/kernel/strict-json'
import { LIMITS } from '#core/model/limits'
import { readBody } from '../webhook/read-body'
import type { Refusal } from '../webhook/refusal'

const COMMENT_CHARS_MAX = 2_000

export type Answer = { readonly payload: Json; readonly choice: string | null }

/** What a POST to a link sends: the page's form, or JSON of a program. A choice must be one of those offered. */
export async function readAnswer(request: Request, choices: readonly string[]): Promise<Result<Answer, Refusal>> {
  const body = await readBody(request, LIMITS.signalPayloadBytesMax)
  if (!body.ok) return body
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  const text = new TextDecoder().decode(body.value)
  if (type === 'application/x-www-form-urlencoded') return fromForm(new URLSearchParams(text), choices)
  if (text === '') return fromJson(null, choices)
  if (type !== 'application/json') {
    return err({
      code: 'unsupported_media_type',
      details: { detail: 'Send application/json, or the form of the page.' },
    })
  }
  const parsed = parseStrictJson(text)
  return parsed.ok
    ? fromJson(parsed.value, choices)
    : err({ code: 'malformed_json', details: { detail: parsed.error.message } })
}

function fromForm(form: URLSearchParams, choices: readonly string[]): Result<Answer, Refusal> {
  const comment = form.get('comment')?.trim().slice(0, COMMENT_CHARS_MAX) ?? ''
  const choice = form.get('choice')
  if (choices.length === 0) return ok({ payload: { comment }, choice: null })
  return choice !== null && choices.includes(choice) ? ok({ payload: { choice, comment }, choice }) : noChoice(choices)
}

function fromJson(payload: Json, choices: readonly string[]): Result<Answer, Refusal> {
  if (choices.length === 0) return ok({ payload, choice: null })
  const choice = typeof payload === 'object' && payload !== null && 'choice' in payload ? payload.choice : null
  return typeof choice === 'string' && choices.includes(choice) ? ok({ payload, choice }) : noChoice(choices)
}

function noChoice(choices: readonly string[]): Result<never, Refusal> {
  const message = `"choice" must be one of ${choices.join(', ')}.`
  return err({
    code: 'request_invalid',
    details: { detail: message, issues: [{ code: 'invalid', severity: 'error', path: '/choice', message }] },
  })
}

import type { Json, JsonObject } from '../kernel/json'
import { pointerOf } from '../kernel/pointer'
import { err, ok, type Result } from '../kernel/result'
import type { Failure } from '../model/failure'
import { misfitsOf } from './match-schema'

const FENCE = '```'
const FINDINGS_MAX = 20
const TOO_MUCH = 'Ask for less, or raise the model’s limit of tokens.'
const NO_JSON = 'Say in the prompt that the answer is JSON and nothing else, or choose a model that keeps to schemas.'

/** What a Markdown fence is around; looked for from both ends, because a pattern would try every place in between. */
function unfenced(text: string): string {
  const fenced = text.trim()
  const line = fenced.indexOf('\n')
  const end = fenced.lastIndexOf(FENCE)
  if (!fenced.startsWith(FENCE) || !fenced.endsWith(FENCE) || line === -1 || end < line) return text
  return ['', 'json'].includes(fenced.slice(FENCE.length, line).trim()) ? fenced.slice(line, end) : text
}

/** The JSON value in an answer, also when it comes in a Markdown fence; undefined when there is none. */
function jsonIn(text: string): Json | undefined {
  try {
    return JSON.parse(unfenced(text)) as Json
  } catch {
    return undefined
  }
}

const mismatch = (message: string, details: Json, hint: string) =>
  err<Failure>({ code: 'answer_mismatch', message, hint, details })

/**
 * The JSON a model answered, if it fits the schema. Failures: `answer_mismatch`, with the JSON Pointer of every place that
 * does not fit; an answer that is no JSON, or was cut off, does not fit at the root.
 */
export function checkAnswer(text: string, schema: JsonObject, cutOff: boolean): Result<Json, Failure> {
  const json = jsonIn(text)
  if (json === undefined) {
    const isBegun = text.trim().startsWith('{')
    const message = cutOff
      ? 'The model’s answer is not JSON: it was cut off where the model’s limit of tokens was reached.'
      : `The model’s answer is not JSON${isBegun ? ': it ends too early, or holds something else' : ''}.`
    const hint = cutOff || isBegun ? TOO_MUCH : NO_JSON
    return mismatch(message, [{ path: '', message }], hint)
  }
  const misfits = misfitsOf(schema, json, FINDINGS_MAX)
  const [first] = misfits
  if (first === undefined) return ok(json)
  const findings = misfits.map(({ path, message }) => ({ path: pointerOf(path), message: `It ${message}.` }))
  const place = first.path.length === 0 ? 'as a whole' : `at ${pointerOf(first.path)}`
  return mismatch(
    `The model’s answer does not match its schema ${place}: it ${first.message}.`,
    findings,
    'Name the fields in the prompt, or relax the schema.',
  )
}

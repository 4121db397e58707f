import { jsonPartsOf, lazyOutput } from '../components/lazy-field'
import type { Json } from '../kernel/json'
import { err, ok, type Result } from '../kernel/result'
import { utf8Length } from '../kernel/utf8-length'
import { LIMITS } from '../model/limits'
import type { Failure } from '../model/failure'
import { checkJson } from './check-json'

const UTF8_BYTES_PER_CHAR_MAX = 6

/** Whether a value may be an output. Failures: `output_not_json`, `output_too_large`. */
export function checkOutput(value: unknown): Result<Json, Failure> {
  const lazy = lazyOutput(value)
  if (lazy !== null) return fits(value as Json)
  const checked = checkJson(value)
  if (!checked.ok) {
    const { path, problem } = checked.error
    return err({
      code: 'output_not_json',
      message: `The output cannot be kept as JSON: ${problem}${path === '' ? '' : `, at ${path}`}.`,
      details: { path, problem },
    })
  }
  const { json, charsApprox } = checked.value
  return charsApprox * UTF8_BYTES_PER_CHAR_MAX <= LIMITS.outputBytesMax ? ok(json) : fits(json)
}

function fits(json: Json): Result<Json, Failure> {
  const bytesMax = LIMITS.outputBytesMax
  const bytes = jsonPartsOf(json).reduce((sum, part) => sum + utf8Length(part), 0)
  if (bytes <= bytesMax) return ok(json)
  return err({
    code: 'output_too_large',
    message: `The output takes ${bytes} bytes as JSON; at most ${bytesMax} are kept.`,
    hint: 'Ask for less, or keep only what later stages need.',
    details: { bytes, bytesMax },
  })
}

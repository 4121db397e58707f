import type { Json } from '../kernel/json'
import { err, ok, type Result } from '../kernel/result'
import { LIMITS } from '../model/limits'
import type { Failure } from '../model/failure'
import { checkJson } from './check-json'

const UTF8_BYTES_PER_CHAR_MAX = 6

/** Whether a value may be an output. Failures: `output_not_json`, `output_too_large`. */
export function checkOutput(value: unknown): Result<Json, Failure> {
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
  const bytesMax = LIMITS.outputBytesMax
  if (charsApprox * UTF8_BYTES_PER_CHAR_MAX <= bytesMax) return ok(json)
  const bytes = new TextEncoder().encode(JSON.stringify(json)).length
  if (bytes <= bytesMax) return ok(json)
  return err({
    code: 'output_too_large',
    message: `The output takes ${bytes} bytes as JSON; at most ${bytesMax} are kept.`,
    hint: 'Ask for less, or keep only what later stages need.',
    details: { bytes, bytesMax },
  })
}

import type { Json } from '../kernel/json'
import { pointerOf } from '../kernel/pointer'
import { err, ok, type Result } from '../kernel/result'

/** Where a value is not JSON, and why. */
type JsonDefect = { readonly path: string; readonly problem: string }

const DEPTH_MAX = 500

class Defect extends Error {}

/** Rough length of a value as JSON. Throws Defect; `path` then names the place. */
function measure(value: unknown, path: (string | number)[]): number {
  switch (typeof value) {
    case 'string':
      return value.length + 2
    case 'number':
      if (!Number.isFinite(value)) throw new Defect(`${value} is not a JSON number`)
      return 8
    case 'boolean':
      return 5
    case 'object':
      return value === null ? 4 : measureObject(value, path)
    default:
      throw new Defect(
        value === undefined ? 'undefined has no place in JSON' : `a ${typeof value} has no place in JSON`,
      )
  }
}

function measureObject(value: object, path: (string | number)[]): number {
  if (path.length > DEPTH_MAX) {
    path.length = 0
    throw new Defect(`it is nested deeper than ${DEPTH_MAX} levels, or contains itself`)
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  const isPlain = prototype === null || Object.getPrototypeOf(prototype) === null
  if (!Array.isArray(value) && !isPlain) throw new Defect('it is not a plain object')
  let chars = 2
  for (const [key, item] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    path.push(key)
    chars += measure(item, path) + (typeof key === 'string' ? key.length + 4 : 1)
    path.pop()
  }
  return chars
}

/** Whether a value survives JSON unchanged; answers its length, roughly and without escapes, in characters. */
export function checkJson(value: unknown): Result<{ readonly json: Json; readonly charsApprox: number }, JsonDefect> {
  const path: (string | number)[] = []
  try {
    const charsApprox = measure(value, path)
    return ok({ json: value as Json, charsApprox })
  } catch (thrown) {
    if (thrown instanceof Defect) return err({ path: pointerOf(path), problem: thrown.message })
    throw thrown
  }
}

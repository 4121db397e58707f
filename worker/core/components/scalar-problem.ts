import * as z from 'zod'
import type { JsonObject } from '../kernel/json'
import { boundIn } from './schema-words'

const FORMATS_MAX = 100
const formats = new Map<string, z.ZodType>()

/** What is wrong with a number by the bounds of its schema, or null. */
export function numberProblem(schema: JsonObject, value: number): string | null {
  const { exclusiveMinimum, exclusiveMaximum } = schema
  const min = boundIn(schema, 'minimum') ?? -Infinity
  const max = boundIn(schema, 'maximum') ?? Infinity
  // In draft 4 these two are words about the others.
  const above = exclusiveMinimum === true ? min : (boundIn(schema, 'exclusiveMinimum') ?? -Infinity)
  const below = exclusiveMaximum === true ? max : (boundIn(schema, 'exclusiveMaximum') ?? Infinity)
  if (value < min) return `must be at least ${min}`
  if (value > max) return `must be at most ${max}`
  if (value <= above) return `must be greater than ${above}`
  if (value >= below) return `must be less than ${below}`
  const step = boundIn(schema, 'multipleOf')
  return step === undefined || z.number().multipleOf(step).safeParse(value).success
    ? null
    : `must be a multiple of ${step}`
}

/** What is wrong with a text by the lengths and the format of its schema, or null. */
export function stringProblem(schema: JsonObject, value: string): string | null {
  const { minLength, maxLength, format } = schema
  if (minLength !== undefined || maxLength !== undefined) {
    const length = lengthOf(value)
    const [min, max] = [boundIn(schema, 'minLength') ?? 0, boundIn(schema, 'maxLength') ?? Infinity]
    if (length < min) return `must have at least ${min} characters`
    if (length > max) return `must have at most ${max} characters`
  }
  if (typeof format !== 'string' || formatCheck(format).safeParse(value).success) return null
  return `must be of the format ${format}`
}

function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

/** A format nobody knows is a note for people. */
function formatCheck(format: string): z.ZodType {
  const known = formats.get(format)
  if (known !== undefined) return known
  if (formats.size >= FORMATS_MAX) formats.clear()
  const fresh = z.fromJSONSchema({ type: 'string', format })
  formats.set(format, fresh)
  return fresh
}

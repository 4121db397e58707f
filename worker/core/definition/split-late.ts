import { compileValue, type CompiledValue } from '../expression/compile-value'
import { invariant } from '../kernel/assert'
import { isJsonObject, type Json, type JsonObject } from '../kernel/json'
import { pointerKeys, readPointer } from '../kernel/pointer'
import { setOwn } from '../kernel/set-own'

/** A copy of an object without the value that the keys lead to. */
function without(object: JsonObject, [key = '', ...rest]: readonly string[]): JsonObject {
  const copy: Record<string, Json> = {}
  for (const [name, value] of Object.entries(object)) {
    if (name !== key) setOwn(copy, name, value)
    else if (rest.length > 0) setOwn(copy, name, isJsonObject(value) ? without(value, rest) : value)
  }
  return copy
}

/** Compiles a value that validateWorkflow let pass. */
export function compileValid(value: Json): CompiledValue {
  const compiled = compileValue(value)
  invariant(compiled.ok, 'the expressions of a planned document parse')
  return compiled.value
}

/** The parts of a config that are taken as written, and all the rest. */
export function splitRaw(config: JsonObject, raw: readonly string[]): { raw: JsonObject; rest: JsonObject } {
  if (raw.length === 0) return { raw: {}, rest: config }
  const entries = Object.entries(config)
  return {
    raw: Object.fromEntries(entries.filter(([key]) => raw.includes(key))),
    rest: raw.reduce((rest, key) => without(rest, [key]), config),
  }
}

/** A config compiled in two: what is evaluated before an attempt, and the parts that have to wait. */
export function splitLate(
  config: JsonObject,
  late: readonly string[],
): { config: CompiledValue; late: ReadonlyMap<string, CompiledValue> } {
  const present = late.filter((pointer) => readPointer(config, pointer) !== undefined)
  const early = present.reduce((rest, pointer) => without(rest, pointerKeys(pointer)), config)
  return {
    config: compileValid(early),
    late: new Map(present.map((pointer) => [pointer, compileValid(readPointer(config, pointer) as Json)])),
  }
}

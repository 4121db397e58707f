import { isJsonObject, type Json } from '../../kernel/json'

/** A field of a parsed body, when it is a text that is not empty. */
export function textField(input: Json, name: string): string | null {
  if (!isJsonObject(input) || !Object.hasOwn(input, name)) return null
  const value = input[name]
  return typeof value === 'string' && value !== '' ? value : null
}

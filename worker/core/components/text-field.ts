import * as z from 'zod'

/** Values a text field turns into text: an expression may yield any of them. Null stays null and is refused by name. */
function toText(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}

type TextFieldOptions = {
  readonly title: string
  readonly description: string
  readonly lengthMin?: number
  /** Hint for forms: several lines instead of one. */
  readonly multiline?: boolean
}

/** A string field that also takes the value of a whole expression: numbers and booleans as text, the rest as JSON. */
export function textField({ title, description, lengthMin = 0, multiline = false }: TextFieldOptions) {
  const text = lengthMin > 0 ? z.string().min(lengthMin) : z.string()
  const meta = multiline ? { title, description, format: 'multiline' } : { title, description }
  return z.preprocess(toText, text.meta(meta))
}
